"""Migrations on a database that holds something: nothing is lost, and one that is killed half way has done nothing (F4)."""

import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import UniqueConstraint, text

from codewithme_ext.errors import ConfigurationError
from codewithme_ext.migrations import tables
from codewithme_ext.storage.engine import open_engine
from codewithme_ext.storage.schema import MIGRATIONS, Schema, SchemaState
from factories import open_world

KEPT = ("users", "sessions", "session_participants", "invitations", "activity", "activity_counters", "chat_messages")
"""Tables of the first revision: whatever it makes of them, no later one may lose a row."""

HANGS = '''
"""never ends"""
import pathlib, time
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", {head!r}, None, None
def upgrade():
    op.add_column("users", sa.Column("half_way", sa.String(), nullable=True))
    op.execute("UPDATE users SET half_way = 'yes'")
    pathlib.Path({sign!r}).touch()
    time.sleep(600)
def downgrade(): ...
'''
MIGRATE = """
import asyncio, sys
from pathlib import Path
from codewithme_ext.storage.engine import open_engine
from codewithme_ext.storage.schema import Schema
url, migrations = sys.argv[1:]
asyncio.run(Schema(url, open_engine(url), migrations=Path(migrations)).upgrade())
"""


async def fill(folder: Path, url: str) -> None:
    """An interview with everything in it."""
    async with open_world(folder, url) as world:
        maya = await world.host()
        session = await world.session(maya)
        await world.candidate(maya, session)
        await world.guest(maya, session, "Noor")


async def counted(url: str) -> dict[str, int]:
    """The rows of the tables that are kept."""
    engine = open_engine(url)
    async with engine.connect() as connection:
        rows = {table: await connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in KEPT}
    await engine.dispose()
    return rows


def head() -> str:
    """The newest revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def kill_half_way(url: str, migrations: Path, sign: Path) -> None:
    """Migrate in a process of its own, which is killed as soon as the sign is there."""
    process = subprocess.Popen([sys.executable, "-c", MIGRATE, url, str(migrations)])
    try:
        deadline = time.monotonic() + 60
        while not sign.exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()


async def test_every_revision_keeps_every_row_down_and_up_again(tables_url: str, tmp_path: Path) -> None:
    await fill(tmp_path, tables_url)
    before = await counted(tables_url)
    assert min(rows for table, rows in before.items() if table != "chat_messages") >= 1
    engine = open_engine(tables_url)
    schema = Schema(tables_url, engine)
    for _ in range(int(head()) - 1):
        await schema.downgrade()
        assert await counted(tables_url) == before
    await schema.upgrade()
    assert await schema.state() is SchemaState.CURRENT
    assert await counted(tables_url) == before
    await engine.dispose()


async def test_an_older_database_is_refused_with_the_command_and_copied_before_it_changes(
    tmp_path: Path, sqlite_with_tables: Path
) -> None:
    path = tmp_path / "codewithme.sqlite"
    shutil.copyfile(sqlite_with_tables, path)
    url = f"sqlite:///{path}"
    engine = open_engine(url)
    schema = Schema(url, engine)
    await schema.downgrade()
    with pytest.raises(ConfigurationError, match="jupyter codewithme db upgrade"):
        await schema.prepare()
    kept = await schema.upgrade()
    assert kept == tmp_path / f"codewithme-before-{head()}.sqlite"
    assert kept.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(kept) as copy:
        (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    copy.close()
    assert revision == f"{int(head()) - 1:04}"
    assert await schema.upgrade() is None, "there was nothing to do, so there is nothing to keep"
    await engine.dispose()


async def test_without_room_for_the_copy_nothing_is_changed(tmp_path: Path, sqlite_with_tables: Path) -> None:
    path = tmp_path / "codewithme.sqlite"
    shutil.copyfile(sqlite_with_tables, path)
    url = f"sqlite:///{path}"
    engine = open_engine(url)
    schema = Schema(url, engine)
    await schema.downgrade()
    (tmp_path / f"codewithme-before-{head()}.sqlite").mkdir()
    with pytest.raises(ConfigurationError, match="could not be copied"):
        await schema.upgrade()
    assert await schema.state() is SchemaState.OLDER
    await engine.dispose()


@pytest.mark.parametrize("behind", [0, 2])
async def test_fault_4_a_migration_killed_half_way_has_changed_nothing(
    tables_url: str, tmp_path: Path, behind: int
) -> None:
    """Also where it is the last of several: those before it are done whole or not at all, and the next try goes on."""
    await fill(tmp_path, tables_url)
    before = await counted(tables_url)
    engine = open_engine(tables_url)
    schema = Schema(tables_url, engine)
    for _ in range(behind):
        await schema.downgrade()
    await engine.dispose()
    migrations, sign = tmp_path / "migrations", tmp_path / "half way"
    shutil.copytree(MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__"))
    (migrations / "versions" / "9999_hangs.py").write_text(HANGS.format(head=head(), sign=str(sign)))
    kill_half_way(tables_url, migrations, sign)
    state = await schema.state()
    if behind == 0:
        assert state is SchemaState.CURRENT
    else:
        assert state in (SchemaState.OLDER, SchemaState.CURRENT)
        await schema.upgrade()
        assert await schema.state() is SchemaState.CURRENT
    await schema.prepare()
    async with engine.connect() as connection:
        names = (await connection.execute(text("SELECT * FROM users"))).keys()
    assert "half_way" not in names
    await engine.dispose()
    assert await counted(tables_url) == before


def test_what_goes_with_something_else_is_found_by_an_index() -> None:
    """A database looks for the rows that refer to each row it deletes; without an index it reads the whole table each time."""
    never_deleted = {"users"}
    for table in tables.metadata().sorted_tables:
        keys = [table.primary_key, *table.indexes, *(c for c in table.constraints if isinstance(c, UniqueConstraint))]
        found_by = {next(iter(key.columns)).name for key in keys}
        for reference in table.foreign_keys:
            assert reference.column.table.name in never_deleted or reference.parent.name in found_by, (
                f"{table.name}.{reference.parent.name}"
            )
