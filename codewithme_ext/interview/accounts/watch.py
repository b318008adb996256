"""Notices log-ins that ended where no event tells of it here: on another server, or by the command line."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from ...errors import DatabaseUnavailableError
from ...events.bus import Committed, EventBus
from ...events.types import LogInsEnded
from ...storage.unit_of_work import Units
from .logins import LogIns

log = logging.getLogger(__name__)

EVERY_S = 20.0


class LogInWatch:
    """Asks the database now and then about the log-ins that open connections came by. Owns the task that does."""

    def __init__(self, units: Units, bus: EventBus, logins: LogIns, *, every_s: float = EVERY_S) -> None:
        self._units = units
        self._bus = bus
        self._logins = logins
        self._every_s = every_s
        self._sources: list[Callable[[], Iterable[str | None]]] = []
        self._task: asyncio.Task[None] | None = None

    def add(self, devices_in_use: Callable[[], Iterable[str | None]]) -> None:
        """Watch over a kind of connections."""
        self._sources.append(devices_in_use)

    def start(self) -> None:
        """Watch from now on."""
        self._task = asyncio.create_task(self._watch(), name="watch over log-ins")

    async def stop(self) -> None:
        """Watch no longer."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def check(self) -> None:
        """Tell of every log-in in use that has ended; telling twice does no harm."""
        in_use = {device_id for source in self._sources for device_id in source() if device_id is not None}
        ended = await self._logins.ended(in_use)
        if ended:
            event = LogInsEnded(session_id="", actor_id=None, actor_name="", device_ids=tuple(sorted(ended)))
            await self._bus.publish(Committed(event, None, self._units.now))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.check()
            except DatabaseUnavailableError:
                log.warning("Log-ins cannot be looked after: the database does not answer")
            except Exception:
                log.exception("Log-ins could not be looked after")
