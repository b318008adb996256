"""The folder of files that belongs to a session."""

import asyncio
import logging
import shutil
from pathlib import Path

log = logging.getLogger(__name__)

FOLDER = "interviews"


def folder_of(session_id: str) -> str:
    """The session's contents path, relative to the server's root, such as `interviews/3fa8…`."""
    return f"{FOLDER}/{session_id}"


class Workspace:
    """Folders on disk under `root`, one a session. They are shown by Jupyter's contents service, never mounted anywhere."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def create(self, session_id: str, first_file: str) -> None:
        """Make the session's folder with one empty file in it."""
        await asyncio.to_thread(self._create, session_id, first_file)

    async def delete(self, session_id: str) -> None:
        """Delete the session's folder and everything in it; a missing one is no error."""
        await asyncio.to_thread(shutil.rmtree, self._root / folder_of(session_id), onerror=_log_what_stays)

    def _create(self, session_id: str, first_file: str) -> None:
        folder = self._root / folder_of(session_id)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / first_file).touch()


def _log_what_stays(_step: object, path: str, failure: tuple[object, BaseException, object]) -> None:
    if not isinstance(failure[1], FileNotFoundError):
        log.error("%s of a deleted interview could not be deleted: %s", path, failure[1])
