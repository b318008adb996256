"""Deletes interviews that ended long ago, where the setting `retention_days` asks for it."""

import asyncio
import logging
from datetime import timedelta
from typing import Protocol

from ...errors import CodeWithMeError
from ..accounts.actor import Actor

log = logging.getLogger(__name__)

FIRST_AFTER_S = 60.0
EVERY_S = 3600.0


class Sessions(Protocol):
    """Deletes what ended long ago."""

    async def prune(self, actor: Actor, *, ended_for: timedelta) -> int:
        """Returns how many interviews were deleted."""


class Retention:
    """Owns the task that looks once an hour."""

    def __init__(self, sessions: Sessions, *, days: int, first_after_s: float = FIRST_AFTER_S) -> None:
        self._sessions = sessions
        self._days = days
        self._first_after_s = first_after_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look from now on, if anything is to be deleted at all."""
        if self._days > 0:
            self._task = asyncio.create_task(self._run(), name="retention")

    async def stop(self) -> None:
        """Look no longer."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        await asyncio.sleep(self._first_after_s)
        while True:
            try:
                deleted = await self._sessions.prune(Actor.system(), ended_for=timedelta(days=self._days))
                if deleted:
                    log.info("Deleted %s interviews that ended more than %s days ago", deleted, self._days)
            except CodeWithMeError as error:
                log.warning("Old interviews could not be deleted: %s", error.message)
            except Exception:
                log.exception("Old interviews could not be deleted")
            await asyncio.sleep(EVERY_S)
