"""A world of services for each test, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from factories import World, open_world


@pytest.fixture
async def world(tmp_path: Path, tables_url: str) -> AsyncIterator[World]:
    """Services on an empty database, once on SQLite and once on PostgreSQL."""
    async with open_world(tmp_path, tables_url) as world:
        yield world
