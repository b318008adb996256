"""Alembic's entry: runs the migrations on the database whose address `storage/schema.py` passes in.

All of them are one transaction, on SQLite too: a process that is killed in the middle leaves the database as it was.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection

from codewithme_ext.migrations import tables
from codewithme_ext.storage.engine import open_engine


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata(),
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"A migration left rows that belong to nothing in {broken[0][0]}; nothing was changed.")


async def _run() -> None:
    engine = open_engine(context.config.attributes["url"].render_as_string(hide_password=False), is_migrating=True)
    async with engine.begin() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


asyncio.run(_run())
