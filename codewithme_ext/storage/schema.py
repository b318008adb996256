"""The database's schema: bring it up to date, take it back, and refuse to work on one that is not ours.

Alembic's commands are synchronous and open connections of their own, so they run in a thread.
"""

import asyncio
import logging
from enum import StrEnum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from ..errors import ConfigurationError, DatabaseUnavailableError
from .backup import keep_copy
from .engine import database_address

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent.parent / "migrations"


class SchemaState(StrEnum):
    """How the database's schema stands to this version of the program."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


class Schema:
    """The schema of one database."""

    def __init__(self, url: str, engine: AsyncEngine, *, migrations: Path = MIGRATIONS) -> None:
        self._config = Config()
        self._config.set_main_option("script_location", str(migrations))
        self._address = self._config.attributes["url"] = database_address(url)
        self._engine = engine

    async def state(self) -> SchemaState:
        """Compare the database with the migrations this program ships. Raises DatabaseUnavailableError."""
        try:
            async with self._engine.connect() as connection:
                revision = await connection.run_sync(_current_revision)
        except (DBAPIError, OSError) as error:
            raise DatabaseUnavailableError(
                "The database does not answer. Check database_url, and that the database server runs."
            ) from error
        scripts = ScriptDirectory.from_config(self._config)
        if revision is None:
            return SchemaState.EMPTY
        if revision == scripts.get_current_head():
            return SchemaState.CURRENT
        known = {script.revision for script in scripts.walk_revisions()}
        return SchemaState.OLDER if revision in known else SchemaState.NEWER

    async def answers(self) -> bool:
        """Whether the database can be read now."""
        try:
            async with self._engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (DBAPIError, OSError):
            return False
        return True

    async def prepare(self) -> None:
        """At start: make the tables of an empty database. Raises ConfigurationError for any other that does not fit."""
        match await self.state():
            case SchemaState.EMPTY:
                log.info("Creating the database's tables")
                await self.upgrade()
            case SchemaState.OLDER:
                raise ConfigurationError(
                    "The database is from an earlier version. Stop the server and run: jupyter codewithme db upgrade"
                )
            case SchemaState.NEWER:
                raise ConfigurationError(
                    "The database is from a newer version than this program. Install that version, or restore a backup."
                )
            case SchemaState.CURRENT:
                pass

    async def upgrade(self) -> Path | None:
        """Bring the schema up to date; returns where a SQLite database was kept as it was before, if it held anything."""
        scripts = ScriptDirectory.from_config(self._config)
        kept = None
        if await self.state() is SchemaState.OLDER:
            kept = await asyncio.to_thread(keep_copy, self._address, before=scripts.get_current_head() or "")
        await asyncio.to_thread(command.upgrade, self._config, "head")
        return kept

    async def downgrade(self) -> Path | None:
        """Take the last migration back; returns where a SQLite database was kept as it was before."""
        async with self._engine.connect() as connection:
            revision = await connection.run_sync(_current_revision)
        if revision is None:
            raise ConfigurationError("The database is empty; there is no migration to take back.")
        kept = await asyncio.to_thread(keep_copy, self._address, before=f"leaving-{revision}")
        await asyncio.to_thread(command.downgrade, self._config, "-1")
        return kept

    async def reset(self) -> None:
        """Drop every table and make them anew, empty."""
        await asyncio.to_thread(command.downgrade, self._config, "base")
        await self.upgrade()


def _current_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
