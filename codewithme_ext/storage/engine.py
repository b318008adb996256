"""Opens the database: SQLite in WAL mode or PostgreSQL, by URL."""

import os
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from ..errors import ConfigurationError

SQLITE_BUSY_TIMEOUT_S = 10.0
PING_AFTER_S = 1.0
"""A connection that has rested for longer is asked whether it still is one."""


def database_address(url: str) -> URL:
    """Parse a database URL and name the async driver for it; accepts `sqlite:///…` and `postgresql://…`.

    Raises ConfigurationError for anything else.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(
            "database_url is not a database address. Write sqlite:////path/to/file.sqlite or postgresql://user@host/database."
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            return parsed.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+asyncpg")
        case other:
            raise ConfigurationError(f"database_url names {other}, which is not supported. Use sqlite or postgresql.")


def database_file(url: str) -> Path | None:
    """The file that a database is; None for one that a server keeps."""
    address = database_address(url)
    is_file = address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:")
    return Path(str(address.database)) if is_file else None


def open_engine(url: str, *, is_migrating: bool = False) -> AsyncEngine:
    """An engine for `url`; nothing is connected yet.

    While migrating, SQLite does not follow foreign keys: a table that is made anew would take its children's rows with it.
    """
    address = database_address(url)
    if address.get_backend_name() == "sqlite":
        engine = create_async_engine(address, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_S}, hide_parameters=True)
        event.listen(engine.sync_engine, "connect", _prepare_migration if is_migrating else prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        event.listen(engine.sync_engine, "do_connect", _keep_private)
        return engine
    engine = create_async_engine(address, pool_size=10, max_overflow=10, hide_parameters=True)
    event.listen(engine.sync_engine, "checkin", _note_rest)
    event.listen(engine.sync_engine, "checkout", _require_alive)
    return engine


def for_reading(engine: AsyncEngine) -> AsyncEngine:
    """The engine for transactions that only read."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(is_read_only=True)
    # There each statement sees what is committed when it starts, in a transaction or not: one has nothing but its cost.
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _note_rest(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["rests_since"] = time.monotonic()


def _require_alive(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """The pool's own ping, but for connections that were in use a moment ago: to ask costs as much as most questions.

    A PostgreSQL that was stopped has closed its connections, which the driver knows; only one that is gone without a word is asked.
    """
    is_closed = connection.driver_connection.is_closed()
    rested = time.monotonic() - record.info.get("rests_since", time.monotonic())
    if is_closed or (rested > PING_AFTER_S and not _answers(connection)):
        raise InvalidatePoolError


def _answers(connection: Any) -> bool:
    try:
        connection.ping()
    except connection.dbapi.Error:
        return False
    return True


def _keep_private(_dialect: object, _record: object, arguments: list[Any], _options: dict[str, Any]) -> None:
    # SQLite gives a new file, and the log beside it the file's, rights for everybody.
    path = Path(arguments[0])
    if path.is_file() and path.stat().st_uid == os.geteuid():
        path.chmod(path.stat().st_mode & 0o700)
    elif path.parent.is_dir() and not path.exists() and str(path) != ":memory:":
        path.touch(mode=0o600)


def _prepare_migration(connection: Any, record: object) -> None:
    prepare_sqlite(connection, record, foreign_keys="OFF")


def prepare_sqlite(connection: Any, _record: object, *, foreign_keys: str = "ON") -> None:
    """What every new connection to SQLite needs."""
    # The driver's own idea of when a transaction begins is switched off, so that _begin_sqlite decides.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"foreign_keys={foreign_keys}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # SQLite's own knows no letters but those of English; PostgreSQL's knows them all.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: str | None) -> str | None:
    return text.lower() if isinstance(text, str) else text


def _begin_sqlite(connection: Connection) -> None:
    # A write that starts as a read can fail half way with "database is locked"; IMMEDIATE queues for the lock first.
    is_read_only = connection.get_execution_options().get("is_read_only", False)
    connection.exec_driver_sql("BEGIN" if is_read_only else "BEGIN IMMEDIATE")
