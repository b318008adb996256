"""Fixtures for the outside services that tests use for real."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres import PostgresCluster, find_programs, postgres_cluster


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    """One PostgreSQL server for the whole test run, started by the first test that asks for it."""
    programs = find_programs()
    if programs is None:
        pytest.fail("PostgreSQL's programs are missing. Install them: apt-get install postgresql")
    with postgres_cluster(programs) as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres: PostgresCluster) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database, as the setting `database_url` takes it."""
    name = f"test_{uuid.uuid4().hex}"
    yield postgres.create(name)
    postgres.drop(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that does not exist yet, as the setting `database_url` takes it."""
    return f"sqlite:///{tmp_path / 'test.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a new, empty database; a test that asks for it runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url
