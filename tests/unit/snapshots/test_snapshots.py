"""Snapshots: what they hold, who may save and restore them, and how many there may be."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from codewithme_ext.errors import (
    GoneError,
    InvalidInputError,
    LimitReachedError,
    NotFoundError,
    NotPermittedError,
    TooLargeError,
)
from codewithme_ext.interview.accounts.actor import Actor
from codewithme_ext.interview.execution.schemas import ExecuteRequest
from codewithme_ext.interview.roles import Role
from codewithme_ext.interview.snapshots import models
from codewithme_ext.interview.snapshots.schemas import SnapshotWish
from codewithme_ext.interview.snapshots.service import SnapshotService
from codewithme_sandbox.job import EngineUnavailableError
from factories import FINISHED, World


@dataclass
class FakeDocuments:
    """The files of every session, in memory."""

    files: dict[str, str] = field(default_factory=dict)
    restored_by: list[str] = field(default_factory=list)

    async def texts(self, session_id: str) -> dict[str, str]:
        return dict(self.files)

    async def restore(self, actor: Actor, session_id: str, contents: Mapping[str, str]) -> None:
        self.files.update(contents)
        self.restored_by.append(actor.name)


@pytest.fixture
def documents() -> FakeDocuments:
    return FakeDocuments({"main.py": "print(1)\n", "lib/tools.py": "x = 1\n"})


@pytest.fixture
def snapshots(world: World, documents: FakeDocuments, monkeypatch: pytest.MonkeyPatch) -> SnapshotService:
    monkeypatch.setattr(world.services.snapshots, "_documents", documents)
    return world.services.snapshots


async def messages(snapshots: SnapshotService, actor: Actor, session_id: str) -> list[str]:
    await snapshots.stop()  # what is saved by itself is saved
    page = await snapshots.history(actor, session_id, before=None, limit=100)
    return [snapshot.message for snapshot in page.snapshots]


async def test_a_snapshot_holds_all_files_of_the_moment(
    world: World, snapshots: SnapshotService, documents: FakeDocuments
) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    saved = await snapshots.save(priya, session.id, SnapshotWish(message="Tests pass"))
    documents.files["main.py"] = "print(2)\n"
    kept = await snapshots.get(maya, session.id, saved.id)
    assert kept.files == {"main.py": "print(1)\n", "lib/tools.py": "x = 1\n"}
    assert (kept.content, kept.language, kept.message, kept.username) == ("print(1)\n", "python", "Tests pass", "Priya")
    assert kept.createdAt == world.clock()
    assert (await snapshots.now(maya, session.id)).files["main.py"] == "print(2)\n"
    assert world.told()[-1] == "snapshot-saved"


async def test_content_that_is_given_stands_for_the_file_of_its_language(
    world: World, snapshots: SnapshotService
) -> None:
    maya = await world.host()
    session = await world.session(maya)
    saved = await snapshots.save(maya, session.id, SnapshotWish(content="print(7)", language="python", message="m"))
    kept = await snapshots.get(maya, session.id, saved.id)
    assert saved.content == "print(7)"
    assert kept.files == {"main.py": "print(7)", "lib/tools.py": "x = 1\n"}


@pytest.mark.parametrize("text", ["nul \x00 in it", "emoji 🎈", "\u2028", ""])
async def test_whatever_a_file_holds_comes_back_as_it_was(
    world: World, snapshots: SnapshotService, documents: FakeDocuments, text: str
) -> None:
    maya = await world.host()
    session = await world.session(maya)
    documents.files["main.py"] = text
    saved = await snapshots.save(maya, session.id, SnapshotWish())
    assert (await snapshots.get(maya, session.id, saved.id)).files["main.py"] == text


async def test_the_present_is_saved_before_a_restore_and_newer_files_stay(
    world: World, snapshots: SnapshotService, documents: FakeDocuments
) -> None:
    maya = await world.host()
    session = await world.session(maya)
    saved = await snapshots.save(maya, session.id, SnapshotWish(message="First"))
    documents.files |= {"main.py": "broken", "new.py": "n = 1\n"}
    restoration = await snapshots.restore(maya, session.id, saved.id)
    assert documents.files == {"main.py": "print(1)\n", "lib/tools.py": "x = 1\n", "new.py": "n = 1\n"}
    assert documents.restored_by == ["Maya"]
    before = await snapshots.get(maya, session.id, restoration.before.id)
    assert (before.files["main.py"], before.message) == ("broken", "Before restore")
    assert world.told()[-2:] == ["snapshot-saved", "snapshot-restored"]
    # Going back again needs nothing but that snapshot.
    await snapshots.restore(maya, session.id, before.id)
    assert documents.files["main.py"] == "broken"


async def test_a_restore_saves_nothing_twice(world: World, snapshots: SnapshotService) -> None:
    maya = await world.host()
    session = await world.session(maya)
    saved = await snapshots.save(maya, session.id, SnapshotWish(message="First"))
    restoration = await snapshots.restore(maya, session.id, saved.id)
    assert restoration.before.id == saved.id
    assert await messages(snapshots, maya, session.id) == ["First"]


async def test_a_page_of_large_snapshots_is_shorter_and_none_is_left_out(
    world: World, snapshots: SnapshotService, documents: FakeDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codewithme_ext.interview.snapshots.service.PAGE_CHARACTERS", 250)
    maya = await world.host()
    session = await world.session(maya)
    for number in range(5):
        documents.files["main.py"] = str(number) * 100
        await snapshots.save(maya, session.id, SnapshotWish(message=str(number)))
    sizes, seen, before = [], [], None
    while not sizes or before is not None:
        page = await snapshots.history(maya, session.id, before=before, limit=100)
        sizes.append(len(page.snapshots))
        seen += [snapshot.message for snapshot in page.snapshots]
        before = page.next
    assert (sizes, seen) == ([2, 2, 1], ["4", "3", "2", "1", "0"])


async def test_whoever_may_edit_saves_and_those_who_lead_restore(world: World, snapshots: SnapshotService) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    jun = await world.guest(maya, session, "Jun", Role.OBSERVER)
    waiting = await world.guest(maya, session, "Will")
    await world.services.admission.admit(maya, session.id, jun.person_id)
    saved = await snapshots.save(priya, session.id, SnapshotWish())
    with pytest.raises(NotPermittedError):
        await snapshots.save(jun, session.id, SnapshotWish())
    for person in (priya, jun):
        with pytest.raises(NotPermittedError):
            await snapshots.restore(person, session.id, saved.id)
    with pytest.raises(NotFoundError):
        await snapshots.history(waiting, session.id, before=None, limit=10)
    assert (await snapshots.get(jun, session.id, saved.id)).id == saved.id


async def test_a_snapshot_of_another_interview_is_not_there(world: World, snapshots: SnapshotService) -> None:
    maya = await world.host()
    session, other = await world.session(maya), await world.session(maya)
    saved = await snapshots.save(maya, other.id, SnapshotWish())
    for snapshot_id in (saved.id, "not an id", other.id):
        with pytest.raises(NotFoundError):
            await snapshots.get(maya, session.id, snapshot_id)
        with pytest.raises(NotFoundError):
            await snapshots.restore(maya, session.id, snapshot_id)


async def test_after_the_end_snapshots_are_only_read_and_only_by_those_who_judge(
    world: World, snapshots: SnapshotService
) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    saved = await snapshots.save(priya, session.id, SnapshotWish(message="Mine"))
    await world.services.sessions.end(maya, session.id)
    for attempt in (snapshots.save(maya, session.id, SnapshotWish()), snapshots.restore(maya, session.id, saved.id)):
        with pytest.raises(GoneError):
            await attempt
    with pytest.raises(GoneError):
        await snapshots.get(priya, session.id, saved.id)
    assert (await snapshots.get(maya, session.id, saved.id)).message == "Mine"


async def test_a_run_and_the_end_save_by_themselves_what_is_new(
    world: World, snapshots: SnapshotService, documents: FakeDocuments
) -> None:
    maya = await world.host()
    session = await world.session(maya)
    run = ExecuteRequest(language="python", code="print()", sessionId=session.id)
    world.runner.items = [FINISHED]
    await world.services.execution.run(maya, run)
    assert await messages(snapshots, maya, session.id) == ["After a run of main.py"]
    await world.services.execution.run(maya, run)
    assert await messages(snapshots, maya, session.id) == ["After a run of main.py"]
    documents.files["main.py"] = "print(3)\n"
    await world.services.sessions.end(maya, session.id)
    assert await messages(snapshots, maya, session.id) == ["End of the interview", "After a run of main.py"]


async def test_a_run_that_could_not_be_carried_out_saves_nothing(world: World, snapshots: SnapshotService) -> None:
    maya = await world.host()
    session = await world.session(maya)
    world.runner.error = EngineUnavailableError("No engine.")
    await asyncio.gather(
        world.services.execution.run(maya, ExecuteRequest(language="python", code="", sessionId=session.id)),
        return_exceptions=True,
    )
    assert await messages(snapshots, maya, session.id) == []


async def test_history_comes_newest_first_in_pages(world: World, snapshots: SnapshotService) -> None:
    maya = await world.host()
    session = await world.session(maya)
    for number in range(5):
        await snapshots.save(maya, session.id, SnapshotWish(message=str(number)))
    first = await snapshots.history(maya, session.id, before=None, limit=2)
    second = await snapshots.history(maya, session.id, before=first.next, limit=10)
    assert [s.message for s in (*first.snapshots, *second.snapshots)] == ["4", "3", "2", "1", "0"]
    assert second.next is None


async def test_a_full_interview_says_so_and_can_still_go_back(
    world: World, snapshots: SnapshotService, documents: FakeDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "MAX_SNAPSHOTS", 3)
    monkeypatch.setattr(models, "KEPT_FOR_RESTORING", 1)
    maya = await world.host()
    session = await world.session(maya)
    saved = [await snapshots.save(maya, session.id, SnapshotWish(message=str(number))) for number in range(2)]
    with pytest.raises(LimitReachedError, match="2 snapshots"):
        await snapshots.save(maya, session.id, SnapshotWish())
    documents.files["main.py"] = "print(4)\n"
    await snapshots.restore(maya, session.id, saved[0].id)
    documents.files["main.py"] = "print(5)\n"
    with pytest.raises(LimitReachedError):
        await snapshots.restore(maya, session.id, saved[0].id)
    assert documents.files["main.py"] == "print(5)\n"
    await world.services.sessions.end(maya, session.id)
    assert (await messages(snapshots, maya, session.id))[0] == "End of the interview"


async def test_what_is_too_large_is_refused_and_named(
    world: World, snapshots: SnapshotService, documents: FakeDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    maya = await world.host()
    session = await world.session(maya)
    with pytest.raises(TooLargeError, match="content has 100001 characters"):
        await snapshots.save(maya, session.id, SnapshotWish(content="x" * 100_001))
    with pytest.raises(InvalidInputError, match="klingon"):
        await snapshots.save(maya, session.id, SnapshotWish(language="klingon"))
    monkeypatch.setattr(models, "MAX_FILES_BYTES", 100)
    documents.files["main.py"] = "x" * 200
    with pytest.raises(TooLargeError, match="a snapshot holds 100"):
        await snapshots.save(maya, session.id, SnapshotWish())
