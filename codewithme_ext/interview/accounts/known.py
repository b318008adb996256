"""Whom log-ins belong to, believed for a moment: a page of JupyterLab asks for it dozens of times when it opens."""

import time
from collections.abc import Callable

from ...events.bus import Committed
from ...events.types import LogInsEnded
from .actor import Actor

BELIEVED_FOR_S = 2.0
"""How long somebody may still get in whose log-in was ended where nobody could tell this server: by the command line."""
_MOST = 10_000


class KnownLogIns:
    """Actors by device. What an event says has ended is forgotten at once, also what was being read meanwhile."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._actors: dict[str, tuple[float, Actor]] = {}
        self.generation = 0
        """Rises whenever log-ins end: who reads one from the database remembers it from before."""

    def get(self, device_id: str, user_id: str) -> Actor | None:
        """Whose log-in it is, if that was read a moment ago."""
        read_at, actor = self._actors.get(device_id, (0.0, None))
        if actor is None or actor.user_id != user_id or self._clock() - read_at > BELIEVED_FOR_S:
            return None
        return actor

    def keep(self, device_id: str, actor: Actor, *, generation: int) -> None:
        """It was read just now; not kept if log-ins have ended since it was asked for."""
        if generation != self.generation:
            return
        if len(self._actors) >= _MOST:
            self._actors.clear()
        self._actors[device_id] = (self._clock(), actor)

    async def on_event(self, committed: Committed) -> None:
        """Subscriber, before all that act on what has ended."""
        if isinstance(committed.event, LogInsEnded):
            self.generation += 1
            for device_id in committed.event.device_ids:
                self._actors.pop(device_id, None)
