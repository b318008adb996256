"""Tells a database that is away, locked or full from a mistake of ours."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

from ..errors import CodeWithMeError, ConflictError, DatabaseUnavailableError, StorageFullError

AWAY = "The database does not answer. Nothing was saved; try again in a moment."
_AWAY = (
    "08",  # connection exceptions
    "40",  # serialization failures and deadlocks: the same again will work
    "53",  # insufficient resources
    "55",  # a lock was not available
    "57",  # the server shuts down or starts
    "58",  # the system below it
)
"""Classes of PostgreSQL's error codes (its manual, appendix A) that are over when the database is well again."""
_FULL = "53100"


def failure_of(error: Exception) -> CodeWithMeError | None:
    """What to tell a client whose work the database did not do; None for an error that is the program's own."""
    if isinstance(error, StaleDataError):
        return ConflictError("Somebody else changed this at the same moment. Nothing was saved; try again.")
    if _is_full(error):
        return StorageFullError("The server's disk is full. Nothing was saved; tell whoever runs the server.")
    if _is_away(error):
        return DatabaseUnavailableError(AWAY)
    return None


def _is_full(error: Exception) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    return _code(error) == _FULL or "database or disk is full" in str(error.orig)


def _is_away(error: Exception) -> bool:
    match error:
        case OperationalError() | InterfaceError() | PoolTimeoutError() | OSError():
            return True
        case DBAPIError():
            # asyncpg's own classes are not all told apart by SQLAlchemy.
            return error.connection_invalidated or _code(error).startswith(_AWAY)
        case _:
            return False


def _code(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")
