"""The database: one transaction a step, events after the commit, migrations up and back."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from codewithme_ext import migrations
from codewithme_ext.errors import ConfigurationError, DatabaseUnavailableError, NotPermittedError
from codewithme_ext.events.bus import EventBus
from codewithme_ext.interview.accounts.models import User, UserRole
from codewithme_ext.migrations import tables
from codewithme_ext.storage.direct import open_direct
from codewithme_ext.storage.engine import database_address, open_engine
from codewithme_ext.storage.schema import Schema, SchemaState
from codewithme_ext.storage.unit_of_work import Units
from factories import World


async def test_the_migrations_make_exactly_the_tables_of_the_models(world: World) -> None:
    async with world.services.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), tables.metadata())
        )
    assert differences == []


async def test_the_schema_goes_back_one_step_after_the_other_and_up_again(database_url: str) -> None:
    engine = open_engine(database_url)
    schema = Schema(database_url, engine)
    assert await schema.state() is SchemaState.EMPTY
    await schema.prepare()
    assert await schema.state() is SchemaState.CURRENT
    steps_back = 0
    while await schema.state() is not SchemaState.EMPTY:
        await schema.downgrade()
        steps_back += 1
        assert await schema.state() in (SchemaState.OLDER, SchemaState.EMPTY)
    assert steps_back == len(list((Path(migrations.__file__).parent / "versions").glob("0*.py")))
    await schema.upgrade()
    await schema.reset()
    assert await schema.state() is SchemaState.CURRENT
    await engine.dispose()


async def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    engine = open_engine(database_url)
    schema = Schema(database_url, engine)
    await schema.upgrade()
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="newer"):
        await schema.prepare()
    await engine.dispose()


async def test_what_fails_leaves_no_row_and_tells_nobody(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    before = len(world.published)

    async def change_of_mind() -> None:
        async with world.services.sessions._units.begin() as unit:
            unit.db.add(User(name="Nobody", role=UserRole.GUEST, updated_at=unit.now))
            raise NotPermittedError("stop")

    with pytest.raises(NotPermittedError):
        await change_of_mind()
    async with world.services.engine.connect() as connection:
        nobody = await connection.scalar(select(func.count()).select_from(User).where(User.name == "Nobody"))
    assert nobody == 0
    assert len(world.published) == before
    assert (await world.services.sessions.get(maya, session.id)).id == session.id


async def test_a_database_that_is_away_is_an_error_of_ours(tmp_path: Path) -> None:
    engine = open_engine("postgresql://nobody@127.0.0.1:1/nothing")

    async def use() -> None:
        async with Units(engine, EventBus()).begin() as unit:
            await unit.db.execute(text("SELECT 1"))

    with pytest.raises(DatabaseUnavailableError):
        await use()
    assert not await Schema("postgresql://nobody@127.0.0.1:1/nothing", engine).answers()
    await engine.dispose()


async def backend(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int(await connection.scalar(text("SELECT pg_backend_pid()")) or 0)


async def test_a_connection_that_postgresql_closed_is_not_used_again(postgres_url: str) -> None:
    engine, other = open_engine(postgres_url), open_engine(postgres_url)
    first = await backend(engine)
    assert await backend(engine) == first
    async with other.connect() as connection:
        await connection.execute(text(f"SELECT pg_terminate_backend({first}, 5000)"))
    assert await backend(engine) != first
    await closed(engine, other)


async def test_a_connection_that_has_rested_is_asked_before_it_is_used(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(postgres_url)
    first = await backend(engine)
    monkeypatch.setattr("codewithme_ext.storage.engine.PING_AFTER_S", -1)
    assert await backend(engine) == first
    # As a machine that is gone without a word: the driver knows of nothing.
    answers = iter((False, True))
    monkeypatch.setattr("codewithme_ext.storage.engine._answers", lambda _: next(answers))
    assert await backend(engine) != first
    await closed(engine)


async def test_a_glance_waits_for_whoever_has_the_whole_file(tmp_path: Path, sqlite_url: str) -> None:
    engine, direct = open_engine(sqlite_url), open_direct(sqlite_url)
    await Schema(sqlite_url, engine).upgrade()
    await engine.dispose()
    units = Units(engine, EventBus(), direct=direct)

    async def glance() -> int | None:
        async with units.glance() as db:
            return await db.scalar(select(func.count()).select_from(User))

    with closing(sqlite3.connect(tmp_path / "test.sqlite", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        waiting = asyncio.create_task(glance())
        await asyncio.wait([waiting], timeout=0.2)
        assert not waiting.done()
    assert await waiting == 0
    await closed(engine, direct)


async def test_a_glance_cannot_write(sqlite_url: str) -> None:
    engine, direct = open_engine(sqlite_url), open_direct(sqlite_url)
    await Schema(sqlite_url, engine).upgrade()
    with pytest.raises(DatabaseUnavailableError):
        async with Units(engine, EventBus(), direct=direct).glance() as db:
            await db.execute(text("DELETE FROM users"))
    await closed(engine, direct)


async def closed(*engines: AsyncEngine | None) -> None:
    """Close what was opened here."""
    for engine in engines:
        assert engine is not None
        await engine.dispose()


@pytest.mark.parametrize("url", ["", "no address", "mysql://x/y"])
def test_a_wrong_database_url_is_named(url: str) -> None:
    with pytest.raises(ConfigurationError, match="database_url"):
        database_address(url)
