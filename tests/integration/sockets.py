"""A stock Socket.IO client that keeps every frame it gets, so that tests can wait for one and count the rest."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import socketio

from server import Person

TIMEOUT_S = 10


class Listener:
    """One connection of a person."""

    def __init__(self, person: Person, *, transports: list[str] | None = None) -> None:
        self.person = person
        self.frames: list[tuple[str, Any]] = []
        self._transports = transports
        self._arrived = asyncio.Condition()
        self._client = socketio.AsyncClient(reconnection=False)
        self._client.on("*", self._keep)

    @property
    def sid(self) -> str:
        """The connection's id."""
        sid: str = self._client.get_sid()
        return sid

    @property
    def is_connected(self) -> bool:
        """Whether the connection is open."""
        return bool(self._client.connected)

    async def connect(self, token: str | None = None) -> None:
        """Connect with the person's token, or another."""
        await self._client.connect(
            self.person.server.origin,
            socketio_path=f"{self.person.server.base_url}socket.io",
            auth={"token": self.person.token if token is None else token},
            transports=self._transports,
        )

    async def close(self) -> None:
        """Disconnect."""
        await self._client.disconnect()

    async def send(self, event: str, data: Any, *, timeout_s: float = TIMEOUT_S) -> Any:
        """Send and wait for the acknowledgement."""
        return await self._client.call(event, data, timeout=timeout_s)

    async def join(self, session_id: str) -> Any:
        """Send `join-session`, with claims that the server must not believe."""
        return await self.send(
            "join-session", {"sessionId": session_id, "username": "Somebody else", "isCreator": True}
        )

    async def wait(
        self, event: str, matches: Callable[[Any], bool] = lambda _: True, *, timeout_s: float = TIMEOUT_S
    ) -> Any:
        """The first frame of that name that matches, arrived already or within ten seconds."""

        def found() -> list[Any]:
            return [data for name, data in self.frames if name == event and matches(data)]

        async with self._arrived:
            try:
                await asyncio.wait_for(self._arrived.wait_for(found), timeout_s)
            except TimeoutError:
                raise AssertionError(f"{self.person.user['name']} got no {event}; got {self.names()}") from None
        return found()[0]

    def names(self) -> list[str]:
        """The names of all frames so far."""
        return [name for name, _ in self.frames]

    def all(self, event: str) -> list[Any]:
        """The data of all frames of that name so far."""
        return [data for name, data in self.frames if name == event]

    async def _keep(self, event: str, *data: Any) -> None:
        async with self._arrived:
            self.frames.append((event, data[0] if data else None))
            self._arrived.notify_all()


@asynccontextmanager
async def listening(person: Person, session_id: str | None = None, **options: Any) -> AsyncIterator[Listener]:
    """A connection of `person`, closed at the end; with a session it has joined."""
    listener = Listener(person, **options)
    await listener.connect()
    try:
        if session_id is not None:
            await listener.join(session_id)
        yield listener
    finally:
        await listener.close()
