"""Deletes what nobody needs any more, once an hour: each kind by the service whose it is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from ..errors import CodeWithMeError

log = logging.getLogger(__name__)

FIRST_AFTER_S = 60.0
EVERY_S = 3600.0

Prune = Callable[[], Awaitable[int]]
"""Deletes what is old, and returns how much that was."""


class Retention:
    """Owns the task that looks once an hour. What is deleted is named in the log, by the names of `kinds`."""

    def __init__(self, kinds: Mapping[str, Prune], *, first_after_s: float = FIRST_AFTER_S) -> None:
        self.kinds = kinds
        self._first_after_s = first_after_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look from now on."""
        self._task = asyncio.create_task(self._run(), name="retention")

    async def stop(self) -> None:
        """Look no longer."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Delete what is old now. What fails is logged, and keeps nothing else from being deleted."""
        for kind, prune in self.kinds.items():
            try:
                deleted = await prune()
                if deleted:
                    log.info("Deleted %s old %s", deleted, kind)
            except CodeWithMeError as error:
                log.warning("Old %s could not be deleted: %s", kind, error.message)
            except Exception:
                log.exception("Old %s could not be deleted", kind)

    async def _run(self) -> None:
        await asyncio.sleep(self._first_after_s)
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)
