"""Every open websocket of Jupyter's by which something of a session is seen or changed.

Jupyter asks for rights when a socket opens and never again. So whoever loses theirs is cut off from here, when the event that
says so is published.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Protocol

from tornado.web import RequestHandler

from ..events.bus import Committed
from ..events.types import (
    EditingFrozen,
    EditingUnfrozen,
    LogInsEnded,
    ParticipantLeft,
    ParticipantRemoved,
    ParticipantRoleChanged,
    SessionDeleted,
    SessionEnded,
)

log = logging.getLogger(__name__)

CONNECTIONS_KEY = "codewithme_connections"


class Connection(Protocol):
    """An open socket."""

    def cut(self, reason: str) -> None:
        """Not one frame more in either direction; `reason` is a short sentence for the browser's console."""

    async def rights_changed(self) -> None:
        """What its person may do is to be asked anew: the interview was frozen, unfrozen, or has ended.

        Called while everybody else waits for the event, so it does nothing slow. What cannot be asked is not permitted.
        """


@dataclass(frozen=True)
class Holder:
    """Whose socket it is. `session_id` is None for one that serves all of a person's sessions."""

    session_id: str | None
    user_id: str
    device_id: str | None = None


class OpenConnections:
    """Who has which sockets open."""

    def __init__(self) -> None:
        self._holders: dict[Connection, Holder] = {}

    def add(self, connection: Connection, holder: Holder) -> None:
        """A socket is about to open."""
        self._holders[connection] = holder

    def remove(self, connection: Connection) -> None:
        """A socket has closed; unknown ones are no error."""
        self._holders.pop(connection, None)

    def devices(self) -> list[str | None]:
        """The log-ins that open sockets came by."""
        return [holder.device_id for holder in self._holders.values()]

    async def on_event(self, committed: Committed) -> None:
        """Subscriber: close what the event ends, and let the others ask anew for their rights."""
        match committed.event:
            case ParticipantRemoved(session_id=session_id, user_id=user_id):
                self._cut_person(session_id, user_id, "The host has removed you from the interview.")
            case ParticipantLeft(session_id=session_id, user_id=user_id):
                self._cut_person(session_id, user_id, "You have left the interview.")
            case LogInsEnded(device_ids=device_ids):
                for connection, holder in list(self._holders.items()):
                    if holder.device_id in device_ids:
                        connection.cut("This log-in has ended.")
            case SessionDeleted(session_id=session_id):
                for connection in self._of_session(session_id):
                    connection.cut("The interview has been deleted.")
            case (
                SessionEnded(session_id=session_id)
                | EditingFrozen(session_id=session_id)
                | EditingUnfrozen(session_id=session_id)
                | ParticipantRoleChanged(session_id=session_id)
            ):
                await self._ask_anew(self._of_session(session_id))

    async def catch_up(self) -> None:
        """Events of other servers may have been missed: every socket asks for its rights anew."""
        await self._ask_anew(list(self._holders))

    async def _ask_anew(self, connections: list[Connection]) -> None:
        asking = (connection.rights_changed() for connection in connections)
        for asked in await asyncio.gather(*asking, return_exceptions=True):
            if isinstance(asked, BaseException):
                log.error("A connection could not ask for its rights", exc_info=asked)

    def _cut_person(self, session_id: str, user_id: str, reason: str) -> None:
        for connection, holder in list(self._holders.items()):
            if holder.user_id == user_id and holder.session_id in (session_id, None):
                connection.cut(reason)

    def _of_session(self, session_id: str) -> list[Connection]:
        return [connection for connection, holder in self._holders.items() if holder.session_id == session_id]


def connections_of(handler: RequestHandler) -> OpenConnections:
    """Those of the server that the handler belongs to."""
    connections: OpenConnections = handler.settings[CONNECTIONS_KEY]
    return connections
