"""SQLite without a thread, for reading a few rows by their key.

The asynchronous driver hands every step of a statement to a thread and hears of it again, which takes many times longer than
finding the row. A connection from here does it on the event loop instead. In WAL mode a reader waits for no writer; where one
would have to wait all the same (another program has the whole file), it fails at once and the thread does the waiting.
"""

import sqlite3

from sqlalchemy import Connection, Pool, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from .engine import database_address, prepare_sqlite


class DirectDialect(SQLiteDialect_pysqlite):
    """The standard library's driver behind SQLAlchemy's asynchronous interface; nothing in it is ever waited for."""

    driver = "direct"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """One that asynchronous engines may use."""
        return AsyncAdaptedQueuePool


registry.register("sqlite.direct", __name__, DirectDialect.__name__)


def open_direct(url: str) -> AsyncEngine | None:
    """An engine that reads on the event loop; None for a database that is not a file here."""
    address = database_address(url)
    if address.get_backend_name() != "sqlite":
        return None
    engine = create_async_engine(
        address.set(drivername="sqlite+direct"),
        connect_args={"timeout": 0, "check_same_thread": False},
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, record: object) -> None:
    prepare_sqlite(connection, record)
    connection.execute("PRAGMA query_only=ON")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
    # Fixes what is seen from here on; whoever could not read now learns it here and not in the middle.
    connection.exec_driver_sql("SELECT 1 FROM sqlite_schema LIMIT 1").close()
