"""Writes that cannot wait for a unit of work: many small rows from one writer, each batch one transaction.

The unit of work takes milliseconds on SQLite, most of them in going back and forth between threads. An appender keeps a
connection of its own, and on SQLite a thread of its own in which a whole batch is one step.

A batch that `append` has returned from survives the end of the process. It survives the end of the power too once `sync` has
returned: on SQLite the log is written to disk then, while the next batches go on; PostgreSQL has done so by itself.
"""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg
from sqlalchemy.engine import URL

from ..errors import CodeWithMeError, DatabaseUnavailableError
from .engine import SQLITE_BUSY_TIMEOUT_S, database_address

_MAX_VARIABLES = 10_000
"""In one statement; SQLite takes 32,766."""
_AT_ONCE_BYTES = 32 * 2**10
"""What is written on the event loop; more takes so long that others should not wait for it."""
_COMMITS_TO_A_CHECKPOINT = 250
"""Of a few pages each: about as often as SQLite by itself, which would do it in the middle of a commit."""


@dataclass(frozen=True)
class Insert:
    """Rows for a table."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    is_repeated: bool = False
    """Whether rows whose key is there already are left out rather than refused, since they may have been stored before."""

    def sql(self, places: str) -> str:
        """The statement; `places` stand for the values."""
        ending = " ON CONFLICT DO NOTHING" if self.is_repeated else ""
        return f"INSERT INTO {self.table} ({','.join(self.columns)}) VALUES {places}{ending}"  # noqa: S608 (our names)


@dataclass(frozen=True)
class Change:
    """Any other statement, with `?` for its values."""

    sql: str
    values: tuple[Any, ...]


Write = Insert | Change


class AppendRefusedError(CodeWithMeError):
    """The database works and does not take this batch: it breaks a rule, such as naming a session that is gone."""

    code = "append_refused"


class Appender(Protocol):
    """One writer's connection. Only one call at a time; `sync` may go on beside `append`."""

    async def append(self, writes: Sequence[Write]) -> None:
        """All of it or nothing. Raises DatabaseUnavailableError, AppendRefusedError."""

    async def sync(self) -> None:
        """What was appended before survives a loss of power when this returns. Raises DatabaseUnavailableError."""

    async def close(self) -> None:
        """Close the connection."""

    def id_value(self, value: str) -> Any:
        """A UUID as this database stores it."""


def open_appender(url: str) -> Appender:
    """An appender for the database at `url`; it connects with the first batch."""
    address = database_address(url)
    return SqliteAppender(address) if address.get_backend_name() == "sqlite" else PostgresAppender(address)


def _unavailable(error: Exception) -> DatabaseUnavailableError:
    return DatabaseUnavailableError(f"The database cannot store this now: {error}")


class SqliteAppender:
    """A thread with a connection, and another one that writes the log to disk."""

    def __init__(self, address: URL) -> None:
        self._path = address.database or ""
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="appender")
        self._syncing = ThreadPoolExecutor(1, thread_name_prefix="appender-sync")
        self._connection: sqlite3.Connection | None = None
        self._checkpointing: sqlite3.Connection | None = None
        self._commits = 0

    async def append(self, writes: Sequence[Write]) -> None:
        if not self._append_at_once(writes):
            await asyncio.get_running_loop().run_in_executor(self._writing, self._append, writes)

    async def sync(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._syncing, self._sync)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._syncing, self._end_checkpoints)
        await asyncio.to_thread(self._syncing.shutdown)
        await asyncio.get_running_loop().run_in_executor(self._writing, self._disconnect)
        await asyncio.to_thread(self._writing.shutdown)

    def id_value(self, value: str) -> Any:
        return value.replace("-", "")

    def _append_at_once(self, writes: Sequence[Write]) -> bool:
        """Store a few rows here and now, if nobody else is writing; whether it was done.

        A commit to the log is written to memory and takes a tenth of a millisecond; to hand it to a thread and to hear of it
        takes longer than that, and on a busy machine very much longer.
        """
        connection = self._connection
        if connection is None or sum(_size(write) for write in writes) > _AT_ONCE_BYTES:
            return False
        try:
            connection.execute("PRAGMA busy_timeout=0")
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            return False
        finally:
            with contextlib.suppress(sqlite3.Error):
                connection.execute(f"PRAGMA busy_timeout={int(SQLITE_BUSY_TIMEOUT_S * 1000)}")
        try:
            self._write(connection, writes)
        except sqlite3.Error:
            return False  # the thread tries the same again, and says what is wrong
        return True

    def _append(self, writes: Sequence[Write]) -> None:
        try:
            connection = self._connection or self._connect()
            connection.execute("BEGIN IMMEDIATE")
            self._write(connection, writes)
        except sqlite3.IntegrityError as error:
            raise AppendRefusedError(str(error)) from error
        except (sqlite3.Error, OSError) as error:
            # A full disk leaves the connection usable, a missing or damaged file does not; a new one costs little.
            self._disconnect()
            raise _unavailable(error) from error

    def _write(self, connection: sqlite3.Connection, writes: Sequence[Write]) -> None:
        try:
            for write in writes:
                _sqlite_write(connection, write)
            connection.execute("COMMIT")
            self._commits += 1
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def _connect(self) -> sqlite3.Connection:
        self._connection = connection = self._new_connection()
        connection.execute("PRAGMA wal_autocheckpoint=0")
        return connection

    def _new_connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=SQLITE_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _sync(self) -> None:
        # SQLite locks the database's file and not its log, so to open and close the log here loses it no lock. What a
        # checkpoint has moved out of the log before this, it has put on disk itself.
        try:
            log = os.open(self._path + "-wal", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return  # everything is in the database, and the log was removed after that
        except OSError as error:
            raise _unavailable(error) from error
        try:
            os.fdatasync(log)
        except OSError as error:
            raise _unavailable(error) from error
        finally:
            os.close(log)
        if self._commits >= _COMMITS_TO_A_CHECKPOINT:
            self._commits = 0
            self._checkpoint()

    def _checkpoint(self) -> None:
        try:
            if self._checkpointing is None:
                self._checkpointing = self._new_connection()
            self._checkpointing.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error:
            self._end_checkpoints()  # the next one is soon enough: the log is complete without it

    def _end_checkpoints(self) -> None:
        if self._checkpointing is not None:
            with contextlib.suppress(sqlite3.Error):
                self._checkpointing.close()
        self._checkpointing = None


def _size(write: Write) -> int:
    """About how many bytes are written."""
    if isinstance(write, Change):
        return 100
    return sum(100 + len(value) for row in write.rows for value in row if isinstance(value, bytes))


def _sqlite_write(connection: sqlite3.Connection, write: Write) -> None:
    if isinstance(write, Change):
        connection.execute(write.sql, write.values)
        return
    # One statement for many rows: between two statements Python would hand its lock to another thread and wait for it again.
    width = len(write.columns)
    step = max(1, _MAX_VARIABLES // width)
    for start in range(0, len(write.rows), step):
        rows = write.rows[start : start + step]
        places = ",".join([f"({','.join('?' * width)})"] * len(rows))
        connection.execute(write.sql(places), [value for row in rows for value in row])


class PostgresAppender:
    """A connection on the event loop."""

    def __init__(self, address: URL) -> None:
        self._dsn = address.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: asyncpg.Connection[Any] | None = None

    async def append(self, writes: Sequence[Write]) -> None:
        try:
            connection = self._connection
            if connection is None or connection.is_closed():
                connection = self._connection = await asyncpg.connect(self._dsn, timeout=10, command_timeout=30)
            async with connection.transaction():
                for write in writes:
                    await _postgres_write(connection, write)
        except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
            raise AppendRefusedError(str(error)) from error
        except Exception as error:  # a connection that is lost in the middle of something has many names, also of bugs
            await self.close()
            raise _unavailable(error) from error

    async def sync(self) -> None:
        """A commit of PostgreSQL's is on disk."""

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    def id_value(self, value: str) -> Any:
        return value


async def _postgres_write(connection: "asyncpg.Connection[Any]", write: Write) -> None:
    if isinstance(write, Change):
        await connection.execute(_numbered(write.sql), *write.values)
        return
    places = ",".join(f"${number}" for number in range(1, len(write.columns) + 1))
    await connection.executemany(write.sql(f"({places})"), write.rows)


def _numbered(sql: str) -> str:
    head, *rest = sql.split("?")
    return head + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))
