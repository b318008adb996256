"""Who is here: connections that open and close become people who come and go.

Everybody inside sees at once who is online. What is recorded is less nervous: a page that is reloaded, or the step from the
waiting room into JupyterLab, is no absence.
"""

import asyncio
import logging
from typing import Any

from ...events.types import (
    ParticipantConnected,
    ParticipantDisconnected,
    ParticipantOffline,
    ParticipantOnline,
)
from ...storage.unit_of_work import Units
from ..accounts.actor import Actor
from .access import find_participant
from .presence import Presence

log = logging.getLogger(__name__)

AWAY_AFTER_S = 15.0
"""How long somebody is without any connection before it is recorded."""


class Attendance:
    """Use cases of connections. Owns the timers of people who may have gone."""

    def __init__(self, units: Units, presence: Presence, *, away_after_s: float = AWAY_AFTER_S) -> None:
        self._units = units
        self._presence = presence
        self._away_after_s = away_after_s
        self._absences: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def connected(self, actor: Actor, session_id: str, connection_id: str) -> None:
        """A connection of somebody at the door or inside opened."""
        if not self._presence.add(session_id, actor.person_id, connection_id):
            return
        absence = self._absences.pop((session_id, actor.person_id), None)
        was_away = absence is None
        if absence is not None:
            absence.cancel()
        await self._tell(ParticipantOnline, actor, session_id, connection_id=connection_id)
        if was_away:
            await self._tell(ParticipantConnected, actor, session_id)

    async def disconnected(self, actor: Actor, session_id: str, connection_id: str) -> None:
        """A connection of somebody at the door or inside closed."""
        if not self._presence.remove(session_id, actor.person_id, connection_id):
            return
        # Before others are told, which takes a moment: whoever comes back meanwhile was never away.
        task = asyncio.create_task(self._watch(actor, session_id), name=f"absence of {actor.person_id}")
        self._absences[session_id, actor.person_id] = task
        await self._tell(ParticipantOffline, actor, session_id, connection_id=connection_id)

    async def forget(self, session_id: str, user_id: str, connection_id: str) -> None:
        """A connection stopped following because its person was put out, which was an event of its own."""
        self._presence.remove(session_id, user_id, connection_id)

    async def stop(self) -> None:
        """Stop all timers: an absence that only the server's own end causes is nobody's."""
        tasks = list(self._absences.values())
        self._absences.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, actor: Actor, session_id: str) -> None:
        since = self._units.now
        await asyncio.sleep(self._away_after_s)
        self._absences.pop((session_id, actor.person_id), None)
        if self._presence.is_online(session_id, actor.person_id):
            return  # back, on another server
        try:
            await self._tell(ParticipantDisconnected, actor, session_id, since=since)
        except Exception:
            log.exception("An absence could not be recorded")

    async def _tell(
        self,
        event: type[ParticipantOnline | ParticipantOffline | ParticipantConnected | ParticipantDisconnected],
        actor: Actor,
        session_id: str,
        **values: Any,
    ) -> None:
        async with self._units.begin() as unit:
            participant = await find_participant(unit.db, session_id, actor.person_id)
            if participant is not None and participant.is_admitted:
                await unit.emit(
                    event(
                        session_id=session_id,
                        actor_id=actor.person_id,
                        actor_name=actor.name,
                        user_id=actor.person_id,
                        username=actor.name,
                        **values,
                    )
                )
