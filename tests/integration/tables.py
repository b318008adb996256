"""A server's database, read and changed beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from codewithme_ext.storage.engine import open_engine
from server import InterviewServer


@asynccontextmanager
async def database_of(server: InterviewServer) -> AsyncIterator[AsyncConnection]:
    """A connection of the test's own; what it has changed is committed at the end."""
    engine = open_engine(server.database_url)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()
