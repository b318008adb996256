"""Who among several servers on one database has what only one of them may have.

On PostgreSQL a claim is a lock of a connection (an advisory lock): the database gives it back the moment that the server's process
ends, however it ends, and within `LOST_AFTER_S` when its machine is gone without a word. Nothing needs to be renewed or cleaned up.
SQLite is a file of one server's, which has everything.
"""

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Callable
from typing import Any, Protocol

import asyncpg

from ..errors import DatabaseUnavailableError
from .engine import database_address
from .failures import AWAY

log = logging.getLogger(__name__)

LOST_AFTER_S = 6
"""A connection that does not answer for so long is over, and with it its claims."""
_KEEP_ALIVE = {"tcp_keepalives_idle": "3", "tcp_keepalives_interval": "1", "tcp_keepalives_count": "3"}
_PAUSE_S = 1.0
_NOTHING = "SELECT $1::bigint"


class Claims(Protocol):
    """One server's claims."""

    async def take(self, key: str) -> bool:
        """Claim something; returns whether it is ours now. Raises DatabaseUnavailableError."""

    async def give_back(self, key: str) -> None:
        """Others may have it."""

    def on_lost(self, tell: Callable[[str], None]) -> None:
        """Whom to tell of what another server has taken while we had no connection to the database."""

    async def close(self) -> None:
        """Give everything back."""


def open_claims(url: str) -> Claims:
    """Claims in the database at `url`."""
    address = database_address(url)
    if address.get_backend_name() == "sqlite":
        return OnlyServer()
    return PostgresClaims(address.set(drivername="postgresql").render_as_string(hide_password=False))


class OnlyServer:
    """There is no other server."""

    async def take(self, key: str) -> bool:
        return True

    async def give_back(self, key: str) -> None:
        pass

    def on_lost(self, tell: Callable[[str], None]) -> None:
        pass

    async def close(self) -> None:
        pass


class PostgresClaims:
    """A connection whose locks are the claims; made anew, with all of them, when it is lost."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._held: set[str] = set()
        self._connection: asyncpg.Connection[Any] | None = None
        self._turn = asyncio.Lock()
        self._tell: Callable[[str], None] = lambda _: None
        self._mending: asyncio.Task[None] | None = None
        self._is_closed = False

    async def take(self, key: str) -> bool:
        async with self._turn:
            if self._connection is None:
                await self._run(_NOTHING, key)  # what is held must be held still
            if key not in self._held and await self._run("SELECT pg_try_advisory_lock($1)", key):
                self._held.add(key)
            return key in self._held

    async def give_back(self, key: str) -> None:
        async with self._turn:
            if key in self._held:
                self._held.discard(key)
                with contextlib.suppress(DatabaseUnavailableError):  # then it is given back with the connection
                    await self._run("SELECT pg_advisory_unlock($1)", key)

    def on_lost(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    async def close(self) -> None:
        self._is_closed = True
        if self._mending is not None:
            self._mending.cancel()
            await asyncio.gather(self._mending, return_exceptions=True)
        async with self._turn:
            self._held.clear()
            connection, self._connection = self._connection, None
            if connection is not None:
                with contextlib.suppress(Exception):
                    await connection.close(timeout=2)

    async def _run(self, sql: str, key: str) -> Any:
        try:
            connection = self._connection
            if connection is None:
                connection = self._connection = await asyncpg.connect(
                    self._dsn, timeout=5, command_timeout=5, server_settings=_KEEP_ALIVE
                )
                connection.add_termination_listener(self._lost)
                await self._take_again(connection)
            return await connection.fetchval(sql, _number(key))
        except Exception as error:  # a lost connection has many names
            self._drop()
            raise DatabaseUnavailableError(AWAY) from error

    async def _take_again(self, connection: "asyncpg.Connection[Any]") -> None:
        for key in sorted(self._held):
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _number(key)):
                self._held.discard(key)
                self._tell(key)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    def _lost(self, connection: object) -> None:
        """The connection has ended, and the claims with it."""
        if self._connection is connection:
            self._connection = None
        if not self._is_closed and self._held and (self._mending is None or self._mending.done()):
            self._mending = asyncio.create_task(self._mend(), name="claims")

    async def _mend(self) -> None:
        while self._connection is None and self._held:
            try:
                async with self._turn:
                    await self._run(_NOTHING, "")
            except DatabaseUnavailableError as error:
                log.warning("Claims cannot be made again, trying again: %s", error.__cause__)
                await asyncio.sleep(_PAUSE_S)


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"codewithme:{key}".encode(), digest_size=8).digest(), signed=True)
