"""The list of who waits, as those see it who may admit: at once, and then not more often than anybody could read it.

A thousand who come at once would otherwise be a thousand lists of up to a thousand people.
"""

import asyncio
import logging

import socketio

from ..errors import CodeWithMeError
from ..services import Services
from .connections import Connections, hosts_room
from .messages import WaitingEntry

log = logging.getLogger(__name__)

LIST_PAUSE_S = 0.25


class WaitingList:
    """Sends the lists. Owns the pause after each, one a session."""

    def __init__(self, server: socketio.AsyncServer, services: Services, connections: Connections) -> None:
        self._server = server
        self._services = services
        self._connections = connections
        self._pauses: dict[str, asyncio.Task[None]] = {}
        self._changed_meanwhile: set[str] = set()

    async def stop(self) -> None:
        """No list is sent any more."""
        pauses = list(self._pauses.values())
        for pause in pauses:
            pause.cancel()
        await asyncio.gather(*pauses, return_exceptions=True)

    async def show(self, session_id: str) -> None:
        """Send it to those who may admit: at once, or after a moment where one was sent just now."""
        if not self._connections.of_session(session_id):
            return
        if session_id in self._pauses:
            self._changed_meanwhile.add(session_id)
            return
        self._pauses[session_id] = asyncio.create_task(self._pause(session_id), name=f"waiting list of {session_id}")
        await self._send(session_id)

    async def entries(self, session_id: str) -> list[WaitingEntry]:
        """Who waits now; the caller knows that the reader may admit."""
        people = await self._services.admission.waiting_list(session_id)
        return [
            WaitingEntry(
                socketId=next(iter(self._services.presence.connections(session_id, person.user_id)), None),
                userId=person.user_id,
                username=person.username,
                role=person.role,
                requestedAt=person.requested_at,
                isOnline=person.is_online,
            )
            for person in people
        ]

    async def _pause(self, session_id: str) -> None:
        try:
            while True:
                await asyncio.sleep(LIST_PAUSE_S)
                if session_id not in self._changed_meanwhile:
                    return
                self._changed_meanwhile.discard(session_id)
                await self._send(session_id)
        except CodeWithMeError as error:
            log.warning("A waiting list could not be sent: %s", error.message)
        except Exception:
            log.exception("A waiting list could not be sent")
        finally:
            self._changed_meanwhile.discard(session_id)
            del self._pauses[session_id]

    async def _send(self, session_id: str) -> None:
        waiting = [entry.model_dump(mode="json") for entry in await self.entries(session_id)]
        await self._server.emit("waiting-room-list", waiting, to=hosts_room(session_id), ignore_queue=True)
