"""Keeps a room's file on disk like its document, for tools that read files, and notices when somebody else has written to it.

The document wins, since its history is the truth. A file that was changed behind our back is taken over as an edit if the
document has not changed since we wrote it; else it is kept beside, under another name, and everybody is told.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import PurePosixPath

from .document import UnusableContentError
from .files import Files, FileVersion, Stamp, UnusableFileError, digest_of
from .models import UpdateKind
from .room import SERVER, Author, Room

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 1.5
"""From an edit to the file."""
GONE_FOR_S = 1.0
"""How long a file must be missing before it is made again: somebody may be renaming it, and tells us just after."""

OnConflict = Callable[[str, str], Awaitable[None]]
"""Told the path and the name under which the other content is kept."""


class FileKeeper:
    """Keeps one room's file."""

    def __init__(self, room: Room, files: Files, now: Callable[[], datetime], on_conflict: OnConflict) -> None:
        self._room = room
        self._files = files
        self._now = now
        self._on_conflict = on_conflict
        self._saving = asyncio.Lock()
        self._saved_edits = room.edits
        self._stamp: Stamp | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False
        room.on_edit = self.edited

    def edited(self) -> None:
        """The document has changed: the file follows soon."""
        if self._timer is None and self._task is None and not self._is_closed:
            self._timer = asyncio.get_running_loop().call_later(LONGEST_WAIT_S, self._start)

    async def open(self, loaded: FileVersion | None = None) -> None:
        """Compare the file with the document, which was just made from `loaded` or else from its history."""
        async with self._saving:
            if self._room.document.state_value("path") != self._room.info.path:
                self._room.set_state(path=self._room.info.path)
            if loaded is not None:
                self._stamp, self._saved_edits = loaded.stamp, self._room.edits
                self._tell(loaded.digest, self._room.sequence)
                return
            version = await self._read()
            if version is not None and not self._is_foreign(version) and not self._has_unsaved():
                self._stamp = version.stamp
            else:
                await self._reconcile(version, is_unsaved=self._has_unsaved())

    async def save(self) -> None:
        """Bring everything to the file now. Raises OSError, UnusableFileError, ConnectionError."""
        async with self._saving:
            await self._save()

    async def take_over(self, author: Author) -> None:
        """Somebody has put another content into the file, and means it. Raises as `save`."""
        async with self._saving:
            version = await self._read()
            if version is not None and self._is_foreign(version):
                await self._take_over(version, author)

    async def close(self) -> None:
        """Save a last time, and no more. Failing is logged: the next one to open the document finds the file behind it."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self.save()
        except (OSError, UnusableFileError) as error:
            log.error("The file of a document could not be written: %s (%s)", self._room.info.path, error)

    def drop(self) -> None:
        """No more, and no last time: the file is not ours any longer."""
        self._is_closed = True
        self._room.on_edit = None
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _start(self) -> None:
        self._timer = None
        self._task = asyncio.create_task(self._save_in_background(), name=f"saving {self._room.info.id}")

    async def _save_in_background(self) -> None:
        try:
            await self.save()
        except (OSError, UnusableFileError) as error:
            log.error("The file of a document could not be written: %s (%s)", self._room.info.path, error)
        finally:
            self._task = None
            if self._room.edits != self._saved_edits and not self._room.is_closed:
                self.edited()

    async def _save(self) -> None:
        path = self._room.info.path
        stamp = await asyncio.to_thread(self._files.stamp, path)
        if stamp is not None and stamp == self._stamp:
            if self._room.edits != self._saved_edits:
                await self._write(None, stamp)
            return
        if stamp is None and self._stamp is not None:
            await asyncio.sleep(GONE_FOR_S)
            if self._room.info.path != path:
                await self._save()
                return
        await self._reconcile(await self._read(), is_unsaved=self._room.edits != self._saved_edits)

    async def _reconcile(self, version: FileVersion | None, *, is_unsaved: bool) -> None:
        if version is None or not self._is_foreign(version) or version.content == self._content():
            await self._write(version)
        elif not is_unsaved:
            await self._take_over(version, SERVER)
        else:
            await self._keep_beside(version)
            await self._write(version)

    async def _write(self, version: FileVersion | None, stamp: Stamp | None = None) -> None:
        """Replace the file, unless it is right already: it is `version`, or the one we wrote and has `stamp`."""
        room = self._room
        await room.mended()
        content, sequence, edits = self._content(), room.sequence, room.edits
        await room.settled()  # a file shows no more than others are shown
        digest = digest_of(content)
        if version is not None and version.digest == digest:
            stamp = version.stamp
        elif stamp is None or digest != room.info.file_digest:
            stamp = await asyncio.to_thread(self._files.write, room.info.path, content)
        if stamp is None:
            return  # its folder is gone, and so will the document be
        self._stamp, self._saved_edits = stamp, edits
        self._tell(digest, sequence)

    async def _take_over(self, version: FileVersion, author: Author) -> None:
        try:
            await self._room.set_content(_text(version), author, UpdateKind.FILE)
        except UnusableContentError:
            await self._keep_beside(version)
            await self._write(version)
            return
        log.info("A file was changed, and its document followed: %s", self._room.info.path)
        await self._write(version)

    async def _keep_beside(self, version: FileVersion) -> None:
        path = PurePosixPath(self._room.info.path)
        beside = path.with_name(f"{path.name}.conflict-{self._now():%Y%m%d-%H%M%S}")
        await asyncio.to_thread(self._files.write, str(beside), version.content)
        log.warning("A file and its document both changed; the file's content is kept as %s", beside)
        await self._on_conflict(str(path), beside.name)

    async def _read(self) -> FileVersion | None:
        return await asyncio.to_thread(self._files.read, self._room.info.path)

    def _content(self) -> bytes:
        return self._room.document.content().encode()

    def _is_foreign(self, version: FileVersion) -> bool:
        return version.digest != self._room.info.file_digest

    def _has_unsaved(self) -> bool:
        return self._room.sequence > self._room.info.file_sequence

    def _tell(self, digest: str, sequence: int) -> None:
        room = self._room
        if room.is_closed:
            return
        is_all = sequence == room.sequence
        if room.document.state_value("hash") != digest or room.document.state_value("dirty"):
            room.set_state(dirty=False, hash=digest)
        if room.info.file_digest != digest or room.info.file_sequence < sequence:
            # What was just told to editors is nothing that the file lacks.
            room.saved(room.sequence if is_all else sequence, digest)


def _text(version: FileVersion) -> str:
    try:
        return version.content.decode()
    except UnicodeDecodeError as error:
        raise UnusableContentError("It is not UTF-8 text.") from error
