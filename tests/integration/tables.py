"""A server's database, read and changed beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
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


@asynccontextmanager
async def refusing(server: InterviewServer, table: str, condition: str) -> AsyncIterator[None]:
    """Meanwhile no row can be put into a table for which the condition, about `NEW`, holds."""
    trigger = f"CREATE TRIGGER refusing BEFORE INSERT ON {table} FOR EACH ROW WHEN ({condition})"
    async with database_of(server) as tables:
        if tables.dialect.name == "sqlite":
            make = [f"{trigger} BEGIN SELECT RAISE(ABORT, 'refused'); END"]
            undo = ["DROP TRIGGER refusing"]
        else:
            function = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'refused'; END$$"
            make = [function, f"{trigger} EXECUTE FUNCTION refuse()"]
            undo = [f"DROP TRIGGER refusing ON {table}", "DROP FUNCTION refuse"]
        for statement in make:
            await tables.execute(text(statement))
    try:
        yield
    finally:
        async with database_of(server) as tables:
            for statement in undo:
                await tables.execute(text(statement))
