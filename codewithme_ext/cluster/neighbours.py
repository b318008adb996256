"""Several servers on one database as one: each hears what happened on the others, and who is connected there."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter

from ..errors import CodeWithMeError
from ..events.bus import Committed, EventBus
from ..events.types import EVENT_TYPES
from ..interview.sessions.presence import Presence
from .link import HEARTBEAT_S, Message, RedisLink

log = logging.getLogger(__name__)

GONE_AFTER_S = 10.0
"""A server that said nothing for so long is gone, and with it everybody connected to it."""
LOOK_EVERY_S = 5.0
"""How often a server that hears nothing looks at the database for what it may have missed."""

_SHAPES: dict[str, TypeAdapter[Any]] = {event_type.type: TypeAdapter(event_type) for event_type in EVENT_TYPES}


class Neighbours:
    """Passes events and presence on, and has everything looked at anew when something may have been missed."""

    def __init__(self, link: RedisLink, bus: EventBus, presence: Presence) -> None:
        self._link = link
        self._bus = bus
        self._presence = presence
        self._id = uuid4().hex
        self._last_heard: dict[str, float] = {}
        self._heartbeat: asyncio.Task[None] | None = None
        self._last_look = 0.0
        self._is_behind = False
        """Whether something may have been missed that could not be looked up yet."""
        self._lookers: list[Callable[[], Awaitable[None]]] = []
        self._watchers: list[Callable[[str], Awaitable[None]]] = []
        bus.subscribe_to_own(self._tell)
        presence.on_change = self._tell_presence
        link.on_message = self._hear
        link.on_recovery = self._recover

    def when_missed(self, looker: Callable[[], Awaitable[None]]) -> None:
        """Call `looker` whenever events of other servers may have been missed."""
        self._lookers.append(looker)

    def when_presence_changed(self, watcher: Callable[[str], Awaitable[None]]) -> None:
        """Call `watcher` with the session to which somebody connected, or no longer is, on another server."""
        self._watchers.append(watcher)

    def start(self) -> None:
        """Begin."""
        self._link.start()
        self._heartbeat = asyncio.create_task(self._beat(), name="heartbeat to the other servers")

    async def stop(self) -> None:
        """Say goodbye, so that nobody waits for this server to be missed."""
        if self._heartbeat is not None:
            self._heartbeat.cancel()
            await asyncio.gather(self._heartbeat, return_exceptions=True)
        self._link.say({"kind": "here", "server": self._id, "people": []})
        await self._link.stop()

    async def _tell(self, committed: Committed) -> None:
        event = committed.event
        self._link.say(
            {
                "kind": "event",
                "server": self._id,
                "type": event.type,
                "event": _SHAPES[event.type].dump_python(event, mode="json"),
                "sequence": committed.sequence,
                "at": committed.at.isoformat(),
            }
        )

    def _tell_presence(self, session_id: str, user_id: str, connection_id: str, is_open: bool) -> None:
        self._link.say(
            {"kind": "presence", "server": self._id, "who": [session_id, user_id, connection_id], "is_open": is_open}
        )

    async def _hear(self, message: Message) -> None:
        server = message.get("server")
        if message["kind"] == "missed":
            await self._look()
        if server is None or server == self._id:
            return
        self._last_heard[server] = time.monotonic()
        match message["kind"]:
            case "event":
                shape = _SHAPES.get(message["type"])
                if shape is None:
                    return  # a newer version's, which nothing here could do anything with
                event = shape.validate_python(message["event"])
                await self._bus.deliver(Committed(event, message["sequence"], datetime.fromisoformat(message["at"])))
            case "presence":
                self._presence.change_elsewhere(server, *message["who"], is_open=message["is_open"])
                await self._watch({message["who"][0]})
            case "here":
                people = {(session, user, connection) for session, user, connection in message["people"]}
                await self._watch(self._presence.set_elsewhere(server, people))

    async def _recover(self) -> None:
        self._say_who_is_here()
        await self._look()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                self._say_who_is_here()
                now = time.monotonic()
                for server in [one for one, at in self._last_heard.items() if now - at > GONE_AFTER_S]:
                    del self._last_heard[server]
                    log.warning("Another server is silent; everybody connected to it counts as gone")
                    await self._watch(self._presence.set_elsewhere(server, set()))
                if (self._is_behind or not self._link.is_up) and now - self._last_look > LOOK_EVERY_S:
                    await self._look()
            except CodeWithMeError as error:
                log.warning("Could not look for what other servers did: %s", error.message)
            except Exception:
                log.exception("Could not look for what other servers did")

    def _say_who_is_here(self) -> None:
        self._link.say({"kind": "here", "server": self._id, "people": [list(one) for one in self._presence.here()]})

    async def _look(self) -> None:
        self._last_look = time.monotonic()
        self._is_behind = True
        for looker in self._lookers:
            await looker()
        self._is_behind = False

    async def _watch(self, session_ids: set[str]) -> None:
        for session_id in session_ids:
            for watcher in self._watchers:
                await watcher(session_id)
