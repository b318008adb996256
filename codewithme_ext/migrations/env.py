"""Alembic's entry: runs the migrations on the database whose address `storage/schema.py` passes in."""

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
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run() -> None:
    engine = open_engine(context.config.attributes["url"].render_as_string(hide_password=False))
    async with engine.begin() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


asyncio.run(_run())
