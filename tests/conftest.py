"""Fixtures for the outside services that tests use for real."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from codewithme_ext.storage.engine import open_engine
from codewithme_ext.storage.schema import Schema
from postgres import PostgresCluster, find_programs, postgres_cluster
from redis_server import RedisServer, find_program, redis_server


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
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """A Redis of the module's own."""
    program = find_program()
    if program is None:
        pytest.fail("Redis is missing. Install it: apt-get install redis-server")
    with redis_server(program) as server:
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that does not exist yet, as the setting `database_url` takes it."""
    return f"sqlite:///{tmp_path / 'test.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a new, empty database; a test that asks for it runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows, to be copied: running every migration takes longer than most tests."""
    path = tmp_path_factory.mktemp("sqlite") / "tables.sqlite"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_with_tables(postgres: PostgresCluster) -> str:
    """The name of a PostgreSQL database with all tables and no rows, to be copied."""
    name = "tables"
    _make_tables(postgres.create(name))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def tables_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """As `database_url`, with all tables made already: for tests of what is kept, not of how tables come to be."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_with_tables"), path)
        yield f"sqlite:///{path}"
        return
    template: str = request.getfixturevalue("postgres_with_tables")
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    with cluster.database(template=template) as url:
        yield url


def _make_tables(url: str) -> None:
    async def make() -> None:
        engine = open_engine(url)
        await Schema(url, engine).upgrade()
        await engine.dispose()

    asyncio.run(make())
