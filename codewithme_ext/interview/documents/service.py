"""The shared documents of a session, as the rest of the server sees them: read, restored, followed when files move."""

import asyncio
from collections.abc import Mapping

from ...storage.unit_of_work import Units
from ..accounts.actor import Actor
from ..roles import Capability
from ..sessions.access import enter
from ..sessions.workspace import folder_of
from .files import Files, UnusableFileError


class DocumentService:
    """Use cases of documents."""

    def __init__(self, units: Units, files: Files) -> None:
        self._units = units
        self._files = files

    async def texts(self, session_id: str) -> dict[str, str]:
        """Every text file and notebook of a session as it is now: its path inside the session's folder, and its content."""
        return await asyncio.to_thread(self._texts_on_disk, session_id)

    async def restore(self, actor: Actor, session_id: str, contents: Mapping[str, str]) -> None:
        """Make each named file what `contents` says, as an edit of the actor's that open editors follow; others stay.

        Missing files are made. Raises NotPermittedError or GoneError for who may not edit now.
        """
        async with self._units.read() as db:
            await enter(db, actor, session_id, Capability.EDIT)
        for path, text in contents.items():
            full = f"{folder_of(session_id)}/{path}"
            await asyncio.to_thread(self._files.write, full, text.encode(), make_folders=True)

    async def moved(self, session_id: str, old: str, new: str) -> None:
        """A file or folder of the session has another path now (both inside the session's folder); open editors follow."""

    async def deleted(self, session_id: str, path: str) -> None:
        """A file or folder of the session is gone; its editors are closed, its history stays."""

    def _texts_on_disk(self, session_id: str) -> dict[str, str]:
        folder = folder_of(session_id)
        found = {}
        for path in self._files.walk(folder):
            try:
                version = self._files.read(path)
                if version is not None:
                    found[path.removeprefix(f"{folder}/")] = version.content.decode()
            except (UnusableFileError, UnicodeDecodeError):
                continue
        return found
