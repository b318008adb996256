"""The files of a session: what may come into its folder, and telling everyone what has changed there."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...events.types import FilesChanged
from ...storage.unit_of_work import Units
from ..accounts.actor import Actor
from ..sessions.models import InterviewSession
from ..sessions.workspace import folder_of
from ..wire import known_id
from .limits import Usage, check_path, check_size, check_total, measure
from .schemas import Change


class Documents(Protocol):
    """The open editors of files."""

    async def moved(self, session_id: str, old: str, new: str) -> None:
        """A file or folder has another path now."""

    async def deleted(self, session_id: str, path: str) -> None:
        """A file or folder is gone."""

    async def overwritten(self, actor: Actor, session_id: str, path: str) -> None:
        """Somebody put another content into a file."""


@dataclass(frozen=True)
class Arrival:
    """What is about to be written at a path; `is_more` where it goes to the end of what is there."""

    session_id: str
    path: str
    size_bytes: int = 0
    is_more: bool = False


class FileService:
    """Use cases of files. Whoever writes them, such as Jupyter's contents service, asks `check` before and tells after."""

    def __init__(self, units: Units, documents: Documents, root: Path, *, max_file_bytes: int) -> None:
        self._units = units
        self._documents = documents
        self._root = root
        self._max_file_bytes = max_file_bytes

    async def check(self, arrival: Arrival) -> bool:
        """Whether it is new. Raises InvalidInputError, TooLargeError or LimitReachedError for what may not come in."""
        return await asyncio.to_thread(self._check, arrival)

    async def check_copy(self, source: str, session_id: str) -> None:
        """A copy of what is at `source`, a path below the root, is to be made in a session. Raises LimitReachedError."""
        await asyncio.to_thread(self._check_copy, source, session_id)

    async def created(self, actor: Actor, session_id: str, path: str) -> None:
        """Somebody made a file or folder."""
        await self._tell(actor, session_id, "created", path)

    async def overwritten(self, actor: Actor, session_id: str, path: str) -> None:
        """Somebody put another file in the place of one; its editors show it."""
        await self._documents.overwritten(actor, session_id, path)
        await self._tell(actor, session_id, "changed", path)

    async def renamed(self, actor: Actor, session_id: str, old: str, new: str) -> None:
        """Somebody gave a file or folder another path; its editors follow."""
        await self._documents.moved(session_id, old, new)
        await self._tell(actor, session_id, "renamed", new, old)

    async def deleted(self, actor: Actor, session_id: str, path: str) -> None:
        """Somebody deleted a file or folder; its editors end."""
        await self._documents.deleted(session_id, path)
        await self._tell(actor, session_id, "deleted", path)

    async def _tell(
        self, actor: Actor, session_id: str, change: Change, path: str, old_path: str | None = None
    ) -> None:
        async with self._units.begin() as unit:
            if await unit.db.get(InterviewSession, known_id(session_id, "interview")) is None:
                return  # a folder that an admin made by hand
            await unit.emit(
                FilesChanged(
                    session_id=session_id,
                    actor_id=actor.user_id,
                    actor_name=actor.name,
                    change=change,
                    path=path,
                    old_path=old_path,
                )
            )

    def _check(self, arrival: Arrival) -> bool:
        check_path(arrival.path)
        folder = self._root / folder_of(arrival.session_id)
        there = measure(folder / arrival.path)
        is_new = not there.entries and not (folder / arrival.path).is_dir()
        check_size(arrival.size_bytes + (there.size_bytes if arrival.is_more else 0), self._max_file_bytes)
        replaced = 0 if arrival.is_more else there.size_bytes
        coming = Usage(1 if is_new else 0, arrival.size_bytes - replaced)
        check_total(measure(folder), coming)
        return is_new

    def _check_copy(self, source: str, session_id: str) -> None:
        copied = measure(self._root / source)
        itself = 1 if (self._root / source).is_dir() else 0
        coming = Usage(copied.entries + itself, copied.size_bytes)
        check_total(measure(self._root / folder_of(session_id)), coming)
