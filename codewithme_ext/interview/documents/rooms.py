"""Which documents are open: opened by the first who comes, closed a while after the last has gone."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from ...errors import DatabaseUnavailableError
from ...events.types import DocumentConflict, DocumentQuarantined
from ...storage.claims import LOST_AFTER_S, Claims
from ...storage.unit_of_work import Units
from .catalogue import Catalogue, DocumentInfo
from .document import SharedDocument, UnusableContentError
from .files import Files, FileVersion, UnusableFileError
from .history import History, Replayed
from .journal import Journal
from .keeper import FileKeeper, OnConflict
from .models import UpdateKind
from .owners import ClientOwners
from .room import SERVER, Member, Room

log = logging.getLogger(__name__)

LINGER_S = 20.0
"""How long an empty room stays open, for a page that is reloaded."""
CLOSING_TIMEOUT_S = 5.0
ELSEWHERE_FOR_S = LOST_AFTER_S + 2.0
"""How long a document must be open on another server before it is refused here: that one may just have ended."""
MAX_OWNERS = 5_000
"""Of how many documents it is remembered whose client ids are whose; of those not opened for longest it is asked of the history."""
ASKING_PAUSE_S = 0.25


class DocumentUnavailableError(Exception):
    """The document cannot be opened; says why in a sentence."""

    def __init__(self, message: str, *, is_missing: bool = False, is_elsewhere: bool = False) -> None:
        super().__init__(message)
        self.is_missing = is_missing
        self.is_elsewhere = is_elsewhere


class Rooms:
    """The open rooms, by document id."""

    def __init__(
        self,
        units: Units,
        journal: Journal,
        catalogue: Catalogue,
        history: History,
        files: Files,
        claims: Claims,
    ) -> None:
        self._units = units
        self._journal = journal
        self._catalogue = catalogue
        self._history = history
        self._files = files
        self._claims = claims
        claims.on_lost(self._lost)
        self._rooms: dict[str, tuple[Room, FileKeeper]] = {}
        self._owners: dict[str, ClientOwners] = {}
        """Kept when a room closes: who waited for that could take another's id."""
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._closings: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_stopped = False
        self.quarantined = 0
        """How many documents have ever been set aside because their history was damaged."""

    def live(self, document_id: str) -> Room | None:
        """The room of a document if it is open."""
        held = self._rooms.get(document_id)
        return held[0] if held is not None else None

    def all(self) -> list[Room]:
        """Every open room."""
        return [room for room, _ in self._rooms.values()]

    async def join(self, document_id: str, member: Member) -> Room:
        """Bring a member into a document's room. Raises DocumentUnavailableError, DatabaseUnavailableError."""
        async with self._lock(document_id):
            room, _ = await self._open(document_id)
            room.join(member)
            return room

    def leave(self, room: Room, member: Member) -> None:
        """Take a member out."""
        room.leave(member)
        self._close_later(room)

    @asynccontextmanager
    async def use(self, document_id: str, *, is_patient: bool = True) -> AsyncIterator[tuple[Room, FileKeeper]]:
        """A document's room, opened for as long as this lasts. Raises DocumentUnavailableError, DatabaseUnavailableError.

        Who is not patient does not wait for another server that may have ended just now.
        """
        async with self._lock(document_id):
            room, keeper = await self._open(document_id, is_patient=is_patient)
            room.users += 1
        try:
            yield room, keeper
        finally:
            room.users -= 1
            self._close_later(room)

    async def save(self, room: Room) -> None:
        """Bring a room's file up to date now. Raises OSError, UnusableFileError."""
        held = self._rooms.get(room.info.id)
        if held is not None:
            await held[1].save()

    def forget(self, document_id: str, reason: str) -> None:
        """Close a room for good, without another look at its file."""
        held = self._rooms.pop(document_id, None)
        self._owners.pop(document_id, None)
        if held is not None:
            room, keeper = held
            keeper.drop()
            room.close(reason, is_final=True)
            self._spawn(self._claims.give_back(document_id), f"giving back {document_id}")

    def trouble(self, text: str) -> None:
        """Nothing can be stored just now, or again."""
        for room in self.all():
            room.trouble(text)

    async def stop(self) -> None:
        """Send everybody away and bring every file up to date."""
        self._is_stopped = True
        for closing in self._closings.values():
            closing.cancel()
        self._closings.clear()
        held = list(self._rooms.values())
        self._rooms.clear()
        for room, _ in held:
            for member in list(room.members):
                member.dismiss("The server stops.", is_final=False)
            room.members.clear()
        await asyncio.gather(*(self._shut(room, keeper) for room, keeper in held))
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _lost(self, document_id: str) -> None:
        """Another server has taken a document while we had no database; it refuses what we did not store."""
        held = self._rooms.pop(document_id, None)
        if held is not None:
            held[1].drop()
            held[0].close("The document has to be opened again.", is_final=False)

    async def _claim(self, document_id: str, *, is_patient: bool) -> None:
        """One document, one server: two would each number what follows, and the database takes one of them."""
        deadline = asyncio.get_running_loop().time() + (ELSEWHERE_FOR_S if is_patient else 0)
        while not await self._claims.take(document_id):
            if asyncio.get_running_loop().time() >= deadline:
                raise DocumentUnavailableError("This file is open on another server of this site.", is_elsewhere=True)
            await asyncio.sleep(ASKING_PAUSE_S)

    async def _open(self, document_id: str, *, is_patient: bool = True) -> tuple[Room, FileKeeper]:
        if self._is_stopped:
            raise DocumentUnavailableError("The server stops.")
        closing = self._closings.pop(document_id, None)
        if closing is not None:
            closing.cancel()
        held = self._rooms.get(document_id)
        if held is not None:
            if not held[0].is_closed:
                return held
            held[1].drop()
        await self._claim(document_id, is_patient=is_patient)
        try:
            return await self._open_claimed(document_id)
        except BaseException:
            await self._claims.give_back(document_id)
            raise

    async def _open_claimed(self, document_id: str) -> tuple[Room, FileKeeper]:
        info = await self._catalogue.find(document_id)
        if info is None:
            raise DocumentUnavailableError("This document is no longer there.", is_missing=True)
        replayed = await self._history.replay(info.id, info.kind)
        if replayed.damage:
            await self._quarantine(info, replayed)
        owners = self._owners_of(info.id)
        owners.recall(replayed.recent)
        room = Room(
            info, replayed, self._journal, self._now_ms, lambda: self._history.replay(info.id, info.kind), owners
        )
        keeper = FileKeeper(room, self._files, lambda: self._units.now, self._conflict_of(info))
        self._rooms[document_id] = (room, keeper)
        try:
            await keeper.open(await self._load(room) if room.sequence == 0 else None)
        except (OSError, UnusableFileError) as error:
            # The history is whole, so people can work; the file follows when it can be written again.
            log.error("The file of a document could not be brought up to date: %s (%s)", info.path, error)
        except BaseException:
            self._rooms.pop(document_id, None)
            keeper.drop()
            raise
        return room, keeper

    async def _load(self, room: Room) -> FileVersion:
        try:
            version = await asyncio.to_thread(self._files.read, room.info.path)
            if version is None:
                raise DocumentUnavailableError("This file is no longer there.", is_missing=True)
            await room.set_content(version.content.decode(), SERVER, UpdateKind.LOAD)
        except UnicodeDecodeError as error:
            raise DocumentUnavailableError("This file is not text, so it cannot be edited here.") from error
        except (OSError, UnusableFileError, UnusableContentError) as error:
            raise DocumentUnavailableError(f"This file cannot be opened. {error}") from error
        return version

    def _owners_of(self, document_id: str) -> ClientOwners:
        owners = self._owners.pop(document_id, None) or ClientOwners()
        self._owners[document_id] = owners  # behind those that were opened before it
        if len(self._owners) > MAX_OWNERS:
            oldest = next(one for one in self._owners if one == document_id or one not in self._rooms)
            if oldest != document_id:
                del self._owners[oldest]
        return owners

    def _close_later(self, room: Room) -> None:
        document_id = room.info.id
        held = self._rooms.get(document_id)
        if self._is_stopped or room.members or room.users or held is None or held[0] is not room:
            return
        if document_id not in self._closings:
            loop = asyncio.get_running_loop()
            self._closings[document_id] = loop.call_later(LINGER_S, self._start_closing, room)

    def _start_closing(self, room: Room) -> None:
        self._closings.pop(room.info.id, None)
        self._spawn(self._close(room), f"closing {room.info.id}")

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _close(self, room: Room) -> None:
        async with self._lock(room.info.id):
            held = self._rooms.get(room.info.id)
            if held is None or held[0] is not room or room.members or room.users:
                return
            if self._journal.trouble:
                self._close_later(room)  # it holds what is not stored yet
                return
            await self._shut(room, held[1])
            if room.members or room.users:
                return
            self._rooms.pop(room.info.id, None)
            room.document.close()
            await self._claims.give_back(room.info.id)

    async def _shut(self, room: Room, keeper: FileKeeper) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_TIMEOUT_S):
                await keeper.close()
                await room.settled()

    async def _quarantine(self, info: DocumentInfo, replayed: Replayed) -> None:
        """Set a document aside whose history is damaged, and offer what could be read of it."""
        log.error("The history of a document is damaged and set aside: %s, %s", info.path, replayed.damage)
        kept_as = await self._offer(info, replayed.document)
        await self._catalogue.quarantine(info.id, replayed.damage)
        self.quarantined += 1
        if info.session_id is not None:
            async with self._units.begin() as unit:
                await unit.emit(
                    DocumentQuarantined(
                        session_id=info.session_id,
                        actor_id=None,
                        actor_name="",
                        path=_inside(info),
                        reason=replayed.damage,
                        kept_as=kept_as,
                    )
                )
        raise DocumentUnavailableError(
            f"The history of this document is damaged ({replayed.damage}) and has been set aside. Open the file again: it has "
            f"what was saved last. What could still be read of the history is beside it as {kept_as}."
        )

    async def _offer(self, info: DocumentInfo, document: SharedDocument) -> str:
        beside = f"{info.path}.recovered-{self._units.now:%Y%m%d-%H%M%S}"
        content = document.content().encode()
        with contextlib.suppress(OSError, UnusableFileError):
            await asyncio.to_thread(self._files.write, beside, content)
            if await asyncio.to_thread(self._files.stamp, info.path) is None:
                await asyncio.to_thread(self._files.write, info.path, content)
        return beside.rpartition("/")[2]

    def _conflict_of(self, info: DocumentInfo) -> OnConflict:
        async def tell(path: str, kept_as: str) -> None:
            if info.session_id is None:
                return
            try:
                async with self._units.begin() as unit:
                    await unit.emit(
                        DocumentConflict(
                            session_id=info.session_id,
                            actor_id=None,
                            actor_name="",
                            path=_inside(info),
                            kept_as=kept_as,
                        )
                    )
            except DatabaseUnavailableError:
                log.error("Nobody could be told that %s is kept as %s", path, kept_as)

        return tell

    def _now_ms(self) -> int:
        return int(self._units.now.timestamp() * 1000)

    def _lock(self, document_id: str) -> asyncio.Lock:
        lock = self._locks.get(document_id)
        if lock is None:
            lock = self._locks[document_id] = asyncio.Lock()
        return lock


def _inside(info: DocumentInfo) -> str:
    """The path as people know it, without the session's folder."""
    return info.path.split("/", 2)[-1] if info.session_id is not None else info.path
