"""A document that is open: who is in it, what they send, and what they hear once it is stored.

Theory of operation. An update is applied to the document in memory, which also tells whether it can be read at all, and given to
the journal. Only when the journal has stored it do the others get it, and whoever asks for the document's state meanwhile waits
for the same moment: nobody is ever shown what could still be lost. When it is on disk for good, the sender is told so if they
wish. There is no task and no timer in a room in which nothing happens.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pycrdt import write_message

from .catalogue import DocumentInfo
from .document import BrokenDocumentError
from .history import KEYFRAME_EVERY, Replayed, deflated
from .journal import Journal, Keyframe, Saved, Update
from .models import UpdateKind
from .owners import ClientOwners
from .updates import UnreadableUpdateError

log = logging.getLogger(__name__)

_UPDATE = b"\0\2"
_ANSWER = b"\0\1"
_ASK = b"\0\0"


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a document, as the server knows them; without an id it is the server itself."""

    id: str | None
    name: str


SERVER = Author(None, "")


class Member(Protocol):
    """A connection in a room. None of these may wait or raise."""

    def send(self, messages: Sequence[bytes]) -> None:
        """Messages of the Yjs protocol, in this order."""

    def durable(self, count: int) -> None:
        """The first `count` edit messages of this connection are on disk."""

    def refuse(self, number: int) -> None:
        """Not all of the edit message of this number was taken, and will not be."""

    def trouble(self, text: str) -> None:
        """Why nothing can be stored just now; empty when it is over."""

    def dismiss(self, reason: str, *, is_final: bool) -> None:
        """The room closes; who comes back finds it open again, unless this is final."""


class Room:
    """One open document."""

    def __init__(
        self,
        info: DocumentInfo,
        replayed: Replayed,
        journal: Journal,
        now_ms: Callable[[], int],
        replay: Callable[[], Awaitable[Replayed]],
        owners: ClientOwners,
    ) -> None:
        self.info = info
        self.document = replayed.document
        self.sequence = replayed.sequence
        """Of the last update, stored or about to be."""
        self.edits = 0
        """How many updates changed the document since the room opened, bookkeeping left out."""
        self.owners = owners
        """Whose client ids are whose."""
        self.members: set[Member] = set()
        self.users = 0
        """How many others hold the room open."""
        self.on_edit: Callable[[], None] | None = None
        self.is_closed = False
        self._journal = journal
        self._now_ms = now_ms
        self._replay = replay
        self._keyframe = replayed.keyframe_sequence
        self._stored = self._durable = self.sequence
        self._unstored: deque[tuple[int, bytes, Member | None]] = deque()
        self._answers: deque[tuple[int, Member, bytes]] = deque()
        self._unacknowledged: deque[tuple[int, Member, int]] = deque()
        self._waiters: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._mending: asyncio.Task[None] | None = None
        self._held: list[Callable[[], None]] = []
        self._asked: set[Member] = set()
        """Who will answer with everything that the room lacks."""
        self._lacking: set[Member] = set()
        """Of whom something could not be taken yet."""

    def join(self, member: Member) -> None:
        """Come in."""
        self.members.add(member)
        if self._journal.trouble:
            member.trouble(self._journal.trouble)

    def leave(self, member: Member) -> None:
        """Go; what the member sent and is not stored yet is stored all the same."""
        self.members.discard(member)
        self._asked.discard(member)
        self._lacking.discard(member)

    def ask(self, member: Member) -> None:
        """Ask a member for everything the room lacks."""
        if self._mending is None:
            self._asked.add(member)
            member.send([_ASK + write_message(self.document.state())])
        else:
            self._held.append(lambda: self.ask(member))

    def answer(self, member: Member, state: bytes) -> None:
        """Send a member everything that somebody with that state lacks, as soon as all of it is stored.

        Raises UnreadableUpdateError.
        """
        if self._mending is not None:
            self._held.append(lambda: self._answer_held(member, state))
        elif self._stored >= self.sequence:
            member.send([_ANSWER + write_message(self.document.update_since(state))])
        else:
            self.document.update_since(state)  # what cannot be read is refused at once
            self._answers.append((self.sequence, member, state))

    def receive(self, member: Member, count: int, author: Author, update: bytes, *, is_answer: bool = False) -> None:
        """Take an update from a member, their edit message number `count`; as an answer it has everything that was asked for.

        What builds upon something that is not here is not taken, and the member is asked for all of it. Until the answer has come
        nothing of theirs is called stored. Raises UnreadableUpdateError, BrokenDocumentError.
        """
        if self._mending is not None:
            self._held.append(lambda: self._receive_held(member, count, author, update, is_answer=is_answer))
            return
        person = author.id or ""
        try:
            applied = self.document.apply(update, lambda client_id: self.owners.is_of_another(client_id, person))
        except BrokenDocumentError:
            self._mend()
            raise
        for client_id in applied.begun:
            self.owners.claim(client_id, person)
        if applied.new is not None:
            self._record(author, UpdateKind.EDIT, applied.new, member)
        if applied.is_refused:
            log.warning("%s wrote under somebody else's client id in %s", author.name, self.info.path)
            member.refuse(count)
        if is_answer or applied.is_missing:
            self._note_gap(member, is_answer=is_answer)
        if member in self._lacking:
            return
        if self._durable >= self.sequence:
            member.durable(count)
        else:
            self._unacknowledged.append((self.sequence, member, count))

    async def set_content(self, content: str, author: Author, kind: UpdateKind) -> None:
        """Make the document hold `content` by the smallest edits, and wait until that is stored. Raises UnusableContentError."""
        await self.mended()
        new = self.document.set_content(content)
        if new is not None:
            self._record(author, kind, new, None)
        await self.settled()

    def set_state(self, **values: Any) -> None:
        """Tell editors something about the document that is not its content."""
        new = self.document.set_state(**values)
        if new is not None:
            self._record(SERVER, UpdateKind.BOOKKEEPING, new, None)

    def saved(self, sequence: int, digest: str) -> None:
        """The file on disk has everything up to `sequence`."""
        self.info.file_sequence, self.info.file_digest = sequence, digest
        self._journal.add(self, Saved(self.info.id, sequence, digest))

    async def settled(self) -> None:
        """Wait until everything so far is stored. Raises ConnectionError if it never will be."""
        if self._stored >= self.sequence:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append((self.sequence, waiter))
        await waiter

    async def mended(self) -> None:
        """Wait until the document in memory is whole."""
        if self._mending is not None:
            await asyncio.shield(self._mending)

    def stored(self, sequence: int) -> None:
        """The journal: everything up to here is stored, so it may be passed on."""
        self._stored = sequence
        passed = []
        while self._unstored and self._unstored[0][0] <= sequence:
            passed.append(self._unstored.popleft())
        if len(passed) == 1:
            _, message, origin = passed[0]
            for member in self.members:
                if member is not origin:
                    member.send((message,))
        else:
            for member in self.members:
                messages = [message for _, message, origin in passed if origin is not member]
                if messages:
                    member.send(messages)
        while self._answers and self._answers[0][0] <= sequence:
            _, member, state = self._answers.popleft()
            self._answer_held(member, state)
        while self._waiters and self._waiters[0][0] <= sequence:
            _, waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)

    def durable(self, sequence: int) -> None:
        """The journal: everything up to here survives a loss of power."""
        self._durable = sequence
        counts: dict[Member, int] = {}
        while self._unacknowledged and self._unacknowledged[0][0] <= sequence:
            _, member, count = self._unacknowledged.popleft()
            counts[member] = count
        for member, count in counts.items():
            member.durable(count)

    def refused(self, reason: str) -> None:
        """The journal: what was added will never be stored. Whoever is here comes back and brings what they have."""
        self.close("The document has to be opened again.", is_final=False)

    def trouble(self, text: str) -> None:
        """Nothing can be stored just now, or again."""
        for member in list(self.members):
            member.trouble(text)

    def close(self, reason: str, *, is_final: bool) -> None:
        """Send everybody away, or without a reason leave that to somebody else; nothing is taken any more."""
        self.is_closed = True
        for member in list(self.members) if reason else ():
            member.dismiss(reason, is_final=is_final)
        self.members.clear()
        while self._waiters:
            _, waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_exception(ConnectionError(reason))
        if self._mending is not None:
            self._mending.cancel()

    def _record(self, author: Author, kind: UpdateKind, update: bytes, origin: Member | None) -> None:
        self.sequence += 1
        self._unstored.append((self.sequence, _UPDATE + write_message(update), origin))
        self._journal.add(
            self, Update(self.info.id, self.sequence, self._now_ms(), author.id, author.name, kind, update)
        )
        if self.sequence - self._keyframe >= KEYFRAME_EVERY:
            self._keyframe = self.sequence
            state = deflated(self.document.update_since())
            self._journal.add(self, Keyframe(self.info.id, self.sequence, state))
        if kind is not UpdateKind.BOOKKEEPING:
            self.edits += 1
            if self.on_edit is not None:
                self.on_edit()

    def _note_gap(self, member: Member, *, is_answer: bool) -> None:
        if is_answer:
            # There is no more where it comes from, so asking again would go on for ever.
            self._asked.discard(member)
            self._lacking.discard(member)
        else:
            self._lacking.add(member)
            if member not in self._asked:
                self.ask(member)

    def _answer_held(self, member: Member, state: bytes) -> None:
        if member in self.members:
            try:
                self.answer(member, state)
            except UnreadableUpdateError:
                member.dismiss("This message cannot be read.", is_final=False)

    def _receive_held(self, member: Member, count: int, author: Author, update: bytes, *, is_answer: bool) -> None:
        try:
            self.receive(member, count, author, update, is_answer=is_answer)
        except (UnreadableUpdateError, BrokenDocumentError):
            member.dismiss("This message cannot be read.", is_final=False)

    def _mend(self) -> None:
        log.error("A document broke in the middle of an update and is made anew from its history: %s", self.info.path)
        self._mending = asyncio.create_task(self._make_anew(), name=f"mending {self.info.id}")

    async def _make_anew(self) -> None:
        try:
            await self.settled()
            replayed = await self._replay()
            if replayed.damage or replayed.sequence != self.sequence:
                raise BrokenDocumentError(replayed.damage or "its history is shorter than it was")
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("A document could not be made anew: %s", self.info.path)
            self._mending = None
            self.close("The document has to be opened again.", is_final=False)
            return
        self.document = replayed.document
        self._mending = None
        held, self._held = self._held, []
        for act in held:
            act()
