"""Shared documents: stored before they are shown, whole after whatever happened, attributed, readable at any moment."""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Decoder, Doc, Text, handle_sync_message
from sqlalchemy import text

from codewithme_ext.errors import ConflictError, DatabaseUnavailableError, NotFoundError, NotPermittedError
from codewithme_ext.interview.accounts.actor import Actor
from codewithme_ext.interview.documents import journal, keeper
from codewithme_ext.interview.documents.models import UpdateKind
from codewithme_ext.interview.documents.room import Author, Room
from codewithme_ext.interview.documents.rooms import DocumentUnavailableError
from codewithme_ext.interview.documents.schemas import HistoryQuery, TextQuery
from codewithme_ext.interview.documents.updates import UnreadableUpdateError
from codewithme_ext.interview.roles import Role
from codewithme_ext.interview.sessions.schemas import Session
from codewithme_ext.storage.appender import Write
from factories import World, open_world

TIMEOUT_S = 10


class Tab:
    """A browser's editor on a room, without a network in between."""

    def __init__(self, world: World, author: Author) -> None:
        self.world = world
        self.author = author
        self.doc: Doc[Any] = Doc()
        self.source = self.doc.get("source", type=Text)
        self.room: Room | None = None
        self.sent = 0
        self.on_disk = 0
        self.troubles: list[str] = []
        self.refused: list[int] = []
        self.dismissed: str | None = None
        self._changed = asyncio.Event()
        self._is_applying = False
        self._following = self.doc.observe(self._send)

    async def open(self, document_id: str) -> None:
        """Join the document's room and get what is there."""
        self.room = await self.world.services.documents.join(document_id, self)
        self.room.ask(self)
        self.room.answer(self, self.doc.get_state())

    def close(self) -> None:
        """Leave."""
        assert self.room is not None
        self.world.services.documents.leave(self.room, self)
        self.room = None

    def send(self, messages: Sequence[bytes]) -> None:
        self._is_applying = True
        for message in messages:
            reply = handle_sync_message(message[1:], self.doc)
            if reply is not None:
                self._deliver(Decoder(reply[2:]).read_message() or b"", is_answer=True)
        self._is_applying = False
        self._changed.set()

    def durable(self, count: int) -> None:
        self.on_disk = count
        self._changed.set()

    def refuse(self, number: int) -> None:
        self.refused.append(number)

    def trouble(self, text: str) -> None:
        self.troubles.append(text)
        self._changed.set()

    def dismiss(self, reason: str, *, is_final: bool) -> None:
        self.dismissed = reason
        self._changed.set()

    async def until(self, condition: Any) -> None:
        """Wait for something to arrive."""
        async with asyncio.timeout(TIMEOUT_S):
            while not condition(self):
                self._changed.clear()
                await self._changed.wait()

    async def saved(self) -> None:
        """Wait until everything that was typed is on disk."""
        await self.until(lambda tab: tab.on_disk == tab.sent)

    def _send(self, event: Any) -> None:
        if not self._is_applying and self.room is not None and event.update != b"\0\0":
            self._deliver(event.update)

    def _deliver(self, update: bytes, *, is_answer: bool = False) -> None:
        assert self.room is not None
        self.sent += 1
        self.room.receive(self, self.sent, self.author, update, is_answer=is_answer)


@dataclass
class Desk:
    """A session with a host, and its files."""

    world: World
    host: Actor
    session: Session
    tabs: list[Tab] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """On disk."""
        return self.world.services.settings.files_dir / self.session.folder

    async def open(self, name: str = "main.py", actor: Actor | None = None) -> Tab:
        """A tab with a file."""
        actor = actor or self.host
        info = await self.world.services.documents.identify(f"{self.session.folder}/{name}", self.session.id)
        tab = Tab(self.world, Author(actor.user_id, actor.name))
        await tab.open(info.id)
        self.tabs.append(tab)
        return tab

    async def history(self, name: str = "main.py", **query: Any) -> Any:
        """As the host reads it."""
        return await self.world.services.documents.history(
            self.host, self.session.id, name, HistoryQuery.model_validate(query)
        )

    async def text(self, name: str = "main.py", **query: Any) -> str:
        """As the host reads it."""
        found = await self.world.services.documents.text(
            self.host, self.session.id, name, TextQuery.model_validate(query)
        )
        return str(found.text)


async def new_desk(world: World) -> Desk:
    """A new session."""
    host = await world.host()
    return Desk(world, host, await world.session(host))


@pytest.fixture
async def desk(world: World) -> Desk:
    """A session on both databases."""
    return await new_desk(world)


@asynccontextmanager
async def restarted(desk: Desk) -> AsyncIterator[Desk]:
    """The same session after the server's end and a new start."""
    await desk.world.services.stop()
    settings = desk.world.services.settings
    async with open_world(settings.data_dir, settings.database_url) as world:
        yield Desk(world, desk.host, desk.session)


async def test_what_one_types_the_other_sees_and_the_file_has(desk: Desk) -> None:
    one, other = await desk.open(), await desk.open()
    one.source += "a = 1\n"
    await other.until(lambda tab: str(tab.source) == "a = 1\n")
    await desk.world.services.documents.save(one.room)  # type: ignore[arg-type]
    assert (desk.folder / "main.py").read_text() == "a = 1\n"


async def test_nobody_sees_what_could_not_be_stored_until_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, reader = await desk.open(), await desk.open()
    await writer.saved()
    appender = desk.world.services.documents._journal._appender
    works, append = asyncio.Event(), appender.append

    async def away(writes: Sequence[Write]) -> None:
        if not works.is_set():
            raise DatabaseUnavailableError("away")
        await append(writes)

    monkeypatch.setattr(appender, "append", away)
    monkeypatch.setattr(journal, "FIRST_PAUSE_S", 0.01)
    before = writer.on_disk
    writer.source += "held back"
    await writer.until(lambda tab: any(tab.troubles))
    health = await desk.world.services.health()
    assert "documents" in health["missing"]  # type: ignore[operator]
    assert health["documents"]["reason"] == journal.TROUBLE  # type: ignore[index]
    late = await desk.open()
    assert str(reader.source) == str(late.source) == ""
    assert writer.on_disk == before
    assert reader.troubles == [journal.TROUBLE]

    works.set()
    await writer.saved()
    await reader.until(lambda tab: str(tab.source) == "held back")
    await late.until(lambda tab: str(tab.source) == "held back")
    assert writer.troubles == reader.troubles == [journal.TROUBLE, ""]


async def test_every_update_has_its_author_deletions_included(desk: Desk) -> None:
    priya = await desk.world.candidate(desk.host, desk.session)
    host, candidate = await desk.open(), await desk.open(actor=priya)
    host.source += "abc"
    await candidate.until(lambda tab: str(tab.source) == "abc")
    desk.world.clock.move(seconds=5)
    del candidate.source[0:2]
    await candidate.saved()
    edits = [update for update in (await desk.history()).updates if update.kind is UpdateKind.EDIT]
    assert [(edit.authorName, edit.authorId) for edit in edits] == [
        ("Maya", desk.host.user_id),
        ("Priya", priya.user_id),
    ]
    assert edits[1].at - edits[0].at == timedelta(seconds=5)
    assert await desk.text(sequence=edits[0].sequence) == "abc"
    assert await desk.text(at=edits[1].at - timedelta(seconds=1)) == "abc"
    assert await desk.text() == "c"


async def test_a_history_is_numbered_without_gaps_and_says_what_is_bookkeeping(desk: Desk) -> None:
    tab = await desk.open()
    tab.source += "x"
    await desk.world.services.documents.save(tab.room)  # type: ignore[arg-type]
    await tab.saved()
    updates = (await desk.history()).updates
    assert [update.sequence for update in updates] == list(range(1, len(updates) + 1))
    doc: Doc[Any] = Doc()
    for update in updates:
        before = str(doc.get("source", type=Text))
        doc.apply_update(base64.b64decode(update.update))
        is_changed = str(doc.get("source", type=Text)) != before
        assert not (update.kind is UpdateKind.BOOKKEEPING and is_changed)
        assert (update.authorId is None) == (update.kind is not UpdateKind.EDIT)


async def test_a_long_history_is_paged_from_a_keyframe(desk: Desk) -> None:
    tab = await desk.open()
    for number in range(2100):
        tab.source += str(number % 10)
    await tab.saved()
    first = await desk.history(limit=5)
    assert (first.keyframe, first.next) == (None, 5)
    page = await desk.history(**{"from": 1500, "limit": 5000})
    assert page.keyframe is not None
    assert 0 < page.keyframe.sequence <= 1500
    assert page.updates[0].sequence == page.keyframe.sequence + 1
    doc: Doc[Any] = Doc()
    for part in (page.keyframe, *page.updates):
        doc.apply_update(base64.b64decode(part.update))
    assert str(doc.get("source", type=Text)) == str(tab.source) == await desk.text()


async def test_histories_are_for_those_who_judge(desk: Desk) -> None:
    await desk.open()
    priya = await desk.world.candidate(desk.host, desk.session)
    oscar = await desk.world.guest(desk.host, desk.session, "Oscar", Role.OBSERVER)
    await desk.world.services.admission.admit(desk.host, desk.session.id, oscar.person_id)
    stranger = await desk.world.host("Zoe")
    documents = desk.world.services.documents
    for actor, error in ((priya, NotPermittedError), (oscar, NotPermittedError), (stranger, NotFoundError)):
        for call in (
            documents.listing(actor, desk.session.id),
            documents.history(actor, desk.session.id, "main.py", HistoryQuery()),
            documents.text(actor, desk.session.id, "main.py", TextQuery()),
        ):
            with pytest.raises(error):
                await call
    listed = (await documents.listing(desk.host, desk.session.id)).documents
    assert [document.path for document in listed] == ["main.py"]
    with pytest.raises(NotFoundError):
        await documents.text(desk.host, desk.session.id, "nothing.py", TextQuery())


async def test_after_a_restart_the_document_is_the_same_and_an_old_tab_goes_on(desk: Desk) -> None:
    tab = await desk.open()
    tab.source += "before\n"
    await tab.saved()
    document_id = tab.room.info.id  # type: ignore[union-attr]
    async with restarted(desk) as later:
        tab.world, tab.room, tab.sent, tab.on_disk = later.world, None, 0, 0
        tab.source += "offline\n"
        await tab.open(document_id)
        fresh = await later.open()
        await fresh.until(lambda other: str(other.source) == "before\noffline\n")


async def test_a_file_that_is_behind_is_written_again_at_the_next_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = await desk.open()
    tab.source += "typed just before the crash\n"
    await tab.saved()

    async def crashes(*_: object) -> None: ...

    monkeypatch.setattr(keeper.FileKeeper, "close", crashes)
    await desk.world.services.stop()
    monkeypatch.undo()
    assert (desk.folder / "main.py").read_text() == ""
    async with restarted(desk):
        assert (desk.folder / "main.py").read_text() == "typed just before the crash\n"


async def test_a_file_changed_behind_our_back_is_taken_over_if_the_document_is_as_it_was(desk: Desk) -> None:
    tab = await desk.open()
    tab.source += "one\ntwo\n"
    await tab.saved()
    await desk.world.services.documents.save(tab.room)  # type: ignore[arg-type]
    (desk.folder / "main.py").write_text("one\nTWO\nthree\n")
    await desk.world.services.documents.changed(f"{desk.session.folder}/main.py")
    await tab.until(lambda it: str(it.source) == "one\nTWO\nthree\n")
    assert (await desk.history()).updates[-1].kind in (UpdateKind.FILE, UpdateKind.BOOKKEEPING)
    assert sorted(path.name for path in desk.folder.iterdir()) == ["main.py"]


async def test_a_file_that_somebody_puts_in_its_place_is_their_edit(desk: Desk) -> None:
    tab = await desk.open()
    tab.source += "typed and not yet in the file\n"
    await tab.saved()
    (desk.folder / "main.py").write_text("uploaded\n")
    priya = await desk.world.candidate(desk.host, desk.session)
    await desk.world.services.files.overwritten(priya, desk.session.id, "main.py")
    await tab.until(lambda it: str(it.source) == "uploaded\n")
    put = [update for update in (await desk.history()).updates if update.kind is UpdateKind.FILE]
    assert [update.authorName for update in put] == ["Priya"]
    assert (desk.folder / "main.py").read_text() == "uploaded\n"
    assert sorted(path.name for path in desk.folder.iterdir()) == ["main.py"]


async def test_a_file_that_becomes_a_notebook_is_another_document(desk: Desk) -> None:
    tab = await desk.open()
    tab.source += "x = 1\n"
    await tab.saved()
    (desk.folder / "main.py").rename(desk.folder / "main.ipynb")
    (desk.folder / "main.ipynb").write_text("")
    await desk.world.services.documents.moved(desk.session.id, "main.py", "main.ipynb")
    await tab.until(lambda it: it.dismissed is not None)
    notebook = await desk.open("main.ipynb")
    assert notebook.room is not None
    assert notebook.room.info.kind == "notebook"


async def test_a_file_and_a_document_that_both_changed_are_both_kept_and_everybody_is_told(desk: Desk) -> None:
    tab = await desk.open()
    tab.source += "base\n"
    await tab.saved()
    await desk.world.services.documents.save(tab.room)  # type: ignore[arg-type]
    (desk.folder / "main.py").write_text("by a tool\n")
    tab.source += "by a person\n"
    await tab.saved()
    await desk.world.services.documents.save(tab.room)  # type: ignore[arg-type]
    assert (desk.folder / "main.py").read_text() == str(tab.source) == "base\nby a person\n"
    (beside,) = desk.folder.glob("main.py.conflict-*")
    assert beside.read_text() == "by a tool\n"
    assert "document-conflict" in desk.world.told()


async def test_fault_27_a_damaged_row_sets_that_document_aside_and_no_other(desk: Desk) -> None:
    (desk.folder / "other.py").write_text("other\n")
    main, _other = await desk.open(), await desk.open("other.py")
    for word in ("one ", "two ", "three "):
        main.source += word
    await main.saved()
    info = main.room.info  # type: ignore[union-attr]
    two = [update.sequence for update in (await desk.history()).updates if update.kind is UpdateKind.EDIT][1]
    await desk.world.services.documents.save(main.room)  # type: ignore[arg-type]
    await _damage(desk, info.id, two)
    async with restarted(desk) as later:
        assert str((await later.open("other.py")).source) == "other\n"
        with pytest.raises(DocumentUnavailableError, match="damaged"):
            await later.open()
        assert "document-quarantined" in later.world.told()
        (beside,) = later.folder.glob("main.py.recovered-*")
        assert beside.read_text() == "one "
        again = await later.open()
        await again.until(lambda tab: str(tab.source) == "one two three ")
        listed = (await later.world.services.documents.listing(later.host, later.session.id)).documents
        assert [document.damage is None for document in listed if document.path == "main.py"] == [False, True]


async def test_a_damaged_keyframe_is_done_without(desk: Desk) -> None:
    tab = await desk.open()
    for _ in range(1100):
        tab.source += "x"
    await tab.saved()
    async with desk.world.services.units.begin() as unit:
        await unit.db.execute(text("UPDATE document_keyframes SET checksum = checksum + 1"))
    async with restarted(desk) as later:
        again = await later.open()
        await again.until(lambda it: str(it.source) == "x" * 1100)


async def test_what_is_no_update_is_refused_and_changes_nothing(desk: Desk) -> None:
    tab = await desk.open()
    tab.source += "fine"
    await tab.saved()
    room = tab.room
    assert room is not None
    sequence = room.sequence
    for noise in (b"", b"\xff\xff\xff\xff", b"\1\2"):
        with pytest.raises(UnreadableUpdateError):
            room.receive(tab, 99, tab.author, noise)
    assert room.sequence == sequence


async def test_doubled_and_early_updates_are_stored_once_and_lose_nothing(desk: Desk) -> None:
    tab = await desk.open()
    await tab.saved()
    room = tab.room
    assert room is not None
    writer: Doc[Any] = Doc()
    updates: list[bytes] = []
    _following = writer.observe(lambda event: updates.append(event.update))
    source = writer.get("source", type=Text)
    for word in ("one ", "two ", "three "):
        source += word
    del source[0:4]
    first, second, third, deletion = updates
    for count, update in enumerate((first, first, third, deletion, third), 1):
        room.receive(tab, tab.sent + count, tab.author, update)
    await room.settled()
    assert room.document.content() == ""  # the deletion fits, what came too early does not
    document_id = room.info.id
    async with restarted(desk) as later:
        again = await later.open()
        room = again.room
        assert room is not None
        assert room.info.id == document_id
        for count, update in enumerate((second, third), 1):
            room.receive(again, count, again.author, update)
        await room.settled()
        assert room.document.content() == await later.text() == "two three "


async def test_nothing_is_called_stored_after_a_gap_until_it_is_filled(desk: Desk) -> None:
    tab, reader = await desk.open(), await desk.open()
    await tab.saved()
    room, tab.room = tab.room, None
    assert room is not None
    tab.source += "lost on the way, "
    asked: list[bytes] = []
    tab.send = lambda messages: asked.extend(messages)  # type: ignore[method-assign]
    tab.room = room
    before = tab.on_disk
    tab.source += "early, "
    tab.source += "earlier"
    assert len(asked) == 1
    reader.source += "fits"
    await reader.saved()
    assert tab.on_disk == before
    del tab.send  # type: ignore[method-assign]
    tab.send(asked)
    await tab.saved()
    await reader.until(lambda it: "lost on the way, early, earlier" in str(it.source))


async def test_nobody_writes_under_the_client_id_of_somebody_else(desk: Desk) -> None:
    priya = await desk.world.candidate(desk.host, desk.session)
    victim, forger = await desk.open(), await desk.open(actor=priya)
    victim.source += "mine"
    await forger.until(lambda it: str(it.source) == "mine")
    room = forger.room
    assert room is not None
    forged: Doc[Any] = Doc(client_id=victim.doc.client_id)
    forged.apply_update(victim.doc.get_update())
    forged.get("source", type=Text).insert(4, "FORGED")
    room.receive(forger, 7, forger.author, forged.get_update(victim.doc.get_state()))
    assert forger.refused == [7]
    victim.source += " still"
    await victim.saved()
    await forger.until(lambda it: str(it.source) == "mine still")

    # What they wrote before the page was loaded anew is theirs as well.
    earlier: Doc[Any] = Doc(client_id=victim.doc.client_id)
    earlier.apply_update(victim.doc.get_update())
    earlier.get("source", type=Text).insert(0, "offline ")
    victim.close()
    again = await desk.open()
    again.doc.apply_update(earlier.get_update())
    await again.saved()
    await forger.until(lambda it: str(it.source) == "offline mine still")


async def test_whose_client_ids_are_whose_is_not_remembered_of_every_document_there_ever_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codewithme_ext.interview.documents.rooms.MAX_OWNERS", 3)
    rooms = desk.world.services.documents._rooms
    maya = await desk.open()
    for number in range(10):
        rooms._owners_of(f"document {number}")
    assert list(rooms._owners) == [maya.room.info.id, "document 8", "document 9"], "the open one stays"


async def test_restoring_is_an_edit_of_whoever_does_it(desk: Desk) -> None:
    tab = await desk.open()
    tab.source += "def f():\n    return 1\n"
    await tab.saved()
    documents = desk.world.services.documents
    await documents.restore(desk.host, desk.session.id, {"main.py": "def f():\n    return 2\n", "src/new.py": "new\n"})
    await tab.until(lambda it: "return 2" in str(it.source))
    restored = [update for update in (await desk.history()).updates if update.kind is UpdateKind.RESTORE]
    assert [update.authorName for update in restored] == ["Maya"]
    assert len(base64.b64decode(restored[0].update)) < 60  # the smallest edit, not the whole text
    assert await documents.texts(desk.session.id) == {"main.py": "def f():\n    return 2\n", "src/new.py": "new\n"}
    (desk.folder / "picture.bin").write_bytes(b"\xff\xfe\0")
    with pytest.raises(ConflictError):
        await documents.restore(desk.host, desk.session.id, {"picture.bin": "text"})


async def test_an_open_editor_follows_its_file_and_ends_with_it(desk: Desk) -> None:
    tab = await desk.open()
    tab.source += "text\n"
    await tab.saved()
    documents = desk.world.services.documents
    await documents.save(tab.room)  # type: ignore[arg-type]
    (desk.folder / "lib").mkdir()
    (desk.folder / "main.py").rename(desk.folder / "lib" / "other.py")
    await documents.moved(desk.session.id, "main.py", "lib/other.py")
    tab.source += "after\n"
    await tab.saved()
    await documents.save(tab.room)  # type: ignore[arg-type]
    assert not (desk.folder / "main.py").exists()
    assert (desk.folder / "lib" / "other.py").read_text() == "text\nafter\n"
    assert await desk.text("lib/other.py") == "text\nafter\n"

    (desk.folder / "lib" / "other.py").unlink()
    await documents.deleted(desk.session.id, "lib")
    await tab.until(lambda it: it.dismissed is not None)
    assert not (desk.folder / "lib" / "other.py").exists()
    assert await desk.text("lib/other.py") == "text\nafter\n"  # the history stays


async def test_a_notebook_is_a_document_too(desk: Desk) -> None:
    documents = desk.world.services.documents
    cell = '{"cell_type": "code", "execution_count": 1, "id": "a1", "metadata": {}, "outputs": [], "source": "1 + 1"}'
    whole = f'{{"cells": [{cell}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}'
    (desk.folder / "work.ipynb").write_text(whole)
    tab = await desk.open("work.ipynb")
    changed = whole.replace("1 + 1", "2 + 2").replace(
        '"outputs": []', '"outputs": [{"name": "stdout", "output_type": "stream", "text": "4"}]'
    )
    await documents.restore(desk.host, desk.session.id, {"work.ipynb": changed})
    assert tab.room is not None
    async with restarted(desk) as later:
        content = (await later.world.services.documents.texts(later.session.id))["work.ipynb"]
        assert '"2 + 2"' in content
        assert '"4"' in content
        assert await later.text("work.ipynb") == content


async def test_a_file_that_is_no_notebook_or_no_text_cannot_be_opened_and_says_why(desk: Desk) -> None:
    (desk.folder / "broken.ipynb").write_text("[]")
    with pytest.raises(DocumentUnavailableError, match="no notebook"):
        await desk.open("broken.ipynb")
    (desk.folder / "picture.py").write_bytes(b"\xff\xfe\0")
    with pytest.raises(DocumentUnavailableError, match="not text"):
        await desk.open("picture.py")


async def test_a_deleted_session_takes_its_histories_along(desk: Desk) -> None:
    tab = await desk.open()
    tab.source += "gone"
    await tab.saved()
    await desk.world.services.sessions.delete(desk.host, desk.session.id)
    async with desk.world.services.units.read() as db:
        for table in ("documents", "document_updates", "document_keyframes"):
            assert await db.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    assert not desk.folder.exists()


async def test_a_file_behind_a_link_is_no_document(desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (desk.folder / "link.py").symlink_to(secret)
    with pytest.raises(NotFoundError):
        await desk.open("link.py")
    (desk.folder / "away").symlink_to(tmp_path)
    with pytest.raises(NotFoundError):
        await desk.open("away/secret.txt")
    assert set(await desk.world.services.documents.texts(desk.session.id)) == {"main.py"}


async def _damage(desk: Desk, document_id: str, sequence: int) -> None:
    async with desk.world.services.units.begin() as unit:
        is_sqlite = unit.db.get_bind().dialect.name == "sqlite"
        await unit.db.execute(
            text("UPDATE document_updates SET content = :noise WHERE document_id = :id AND sequence = :sequence"),
            {
                "noise": b"\1\2\3",
                "id": document_id.replace("-", "") if is_sqlite else document_id,
                "sequence": sequence,
            },
        )
