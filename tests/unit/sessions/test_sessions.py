"""Sessions: creating, listing, changing, ending, deleting, and their activity."""

import asyncio

import pytest

from codewithme_ext.errors import (
    FrozenError,
    GoneError,
    InvalidInputError,
    InvalidTransitionError,
    NotFoundError,
    NotPermittedError,
)
from codewithme_ext.interview.chat.schemas import ChatWish
from codewithme_ext.interview.execution.schemas import RunRequest
from codewithme_ext.interview.roles import GRANTS, GRANTS_AFTER_THE_END, Capability, Role
from codewithme_ext.interview.sessions.models import FreezeReason
from codewithme_ext.interview.sessions.schemas import FreezeWish, SessionChanges, SessionCreation, SessionsQuery
from codewithme_ext.interview.wire import parse
from factories import World


async def test_a_new_session_has_its_host_and_one_file(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya, problem_statement="# Cache")
    assert session.role is Role.HOST
    assert session.status == "open"
    folder = world.services.settings.files_dir / session.folder
    assert [path.name for path in folder.iterdir()] == ["main.py"]


async def test_an_unknown_language_is_refused_and_nothing_is_made(world: World) -> None:
    maya = await world.host()
    with pytest.raises(InvalidInputError):
        await world.session(maya, language="klingon")
    assert (await world.services.sessions.mine(maya, SessionsQuery(limit=10))).sessions == []


@pytest.mark.parametrize("field", ["host_id", "id", "status", "participants"])
def test_a_creation_takes_no_field_that_is_not_the_hosts_to_set(field: str) -> None:
    with pytest.raises(InvalidInputError):
        parse(SessionCreation, {"title": "x", field: "y"})


async def test_my_sessions_come_newest_first_in_pages_without_gap_or_repeat(world: World) -> None:
    maya, tomas = await world.host(), await world.host("Tomas")
    made = []
    for number in range(7):
        world.clock.move(seconds=number % 2)  # some at the same moment
        made.append((await world.session(maya, title=f"Interview {number}")).id)
    await world.session(tomas)
    seen, after = [], None
    while True:
        page = await world.services.sessions.mine(maya, SessionsQuery(limit=3, after=after))
        seen += [summary.id for summary in page.sessions]
        after = page.next
        if after is None:
            break
    assert sorted(seen) == sorted(made)
    assert len(seen) == len(set(seen))
    with pytest.raises(InvalidInputError):
        await world.services.sessions.mine(maya, SessionsQuery(limit=3, after="bm9uc2Vuc2U="))


async def test_a_foreign_session_is_like_a_missing_one(world: World) -> None:
    maya, tomas = await world.host(), await world.host("Tomas")
    session = await world.session(maya)
    messages = set()
    for session_id in (session.id, "00000000-0000-4000-8000-00000000dead", "no id", "../etc"):
        for use_case in (
            world.services.sessions.get(tomas, session_id),
            world.services.sessions.update(tomas, session_id, SessionChanges(title="mine")),
            world.services.sessions.end(tomas, session_id),
            world.services.sessions.delete(tomas, session_id),
            world.services.admission.waiting(tomas, session_id),
            world.services.invitations.list(tomas, session_id),
            world.services.chat.send(tomas, session_id, ChatWish(text="hello")),
        ):
            with pytest.raises(NotFoundError) as refused:
                await use_case
            messages.add(refused.value.message)
    assert len(messages) == 1


async def test_a_candidate_does_nothing_of_the_hosts(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    for use_case in (
        world.services.sessions.update(priya, session.id, SessionChanges(title="mine")),
        world.services.sessions.end(priya, session.id),
        world.services.sessions.delete(priya, session.id),
        world.services.admission.waiting(priya, session.id),
        world.services.invitations.list(priya, session.id),
    ):
        with pytest.raises(NotPermittedError):
            await use_case


async def test_an_ended_session_is_read_and_not_written(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    await world.services.sessions.end(maya, session.id)
    assert (await world.services.sessions.get(maya, session.id)).ended_at is not None
    with pytest.raises(GoneError):
        await world.services.sessions.update(maya, session.id, SessionChanges(title="late"))
    with pytest.raises(GoneError):
        await world.services.chat.send(maya, session.id, ChatWish(text="late"))
    with pytest.raises(InvalidTransitionError):
        await world.services.sessions.end(maya, session.id)


async def test_only_those_who_hold_the_interview_write_while_it_is_frozen(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    people = {Role.HOST: maya}
    for role in (Role.INTERVIEWER, Role.CANDIDATE, Role.OBSERVER):
        people[role] = await world.guest(maya, session, role.value, role)
        await world.services.admission.admit(maya, session.id, people[role].person_id)

    async def rights() -> dict[Role, set[Capability]]:
        accesses = [await world.services.sessions.access(person, session.id) for person in people.values()]
        return {access.role: set(access.capabilities) for access in accesses if access is not None}

    before = await rights()
    frozen = await world.services.sessions.freeze(people[Role.INTERVIEWER], session.id, FreezeWish())
    assert frozen.frozen is not None
    assert (frozen.frozen.by_name, frozen.frozen.reason) == ("interviewer", "frozen")
    assert frozen.frozen.at == world.clock()
    during = await rights()
    assert during == before | {Role.CANDIDATE: {Capability.VIEW, Capability.CHAT}}
    with pytest.raises(FrozenError, match="interviewer froze the editor"):
        await world.services.sessions.change_language(people[Role.CANDIDATE], session.id, "python")
    with pytest.raises(FrozenError):
        await world.services.execution.start(people[Role.CANDIDATE], session.id, RunRequest(language="python", code=""))
    with pytest.raises(NotPermittedError):
        await world.services.sessions.change_language(people[Role.OBSERVER], session.id, "python")
    await world.services.chat.send(people[Role.CANDIDATE], session.id, ChatWish(text="why?"))
    await world.services.sessions.change_language(maya, session.id, "python")

    assert (await world.services.sessions.unfreeze(maya, session.id)).frozen is None
    assert await rights() == before
    assert [name for name in world.told() if name.startswith("editing-")] == ["editing-frozen", "editing-unfrozen"]


async def test_freezing_has_an_order(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    with pytest.raises(InvalidTransitionError):
        await world.services.sessions.unfreeze(maya, session.id)
    await world.services.sessions.freeze(maya, session.id, FreezeWish())
    with pytest.raises(InvalidTransitionError):
        await world.services.sessions.freeze(maya, session.id, FreezeWish())
    later = await world.services.sessions.freeze(maya, session.id, FreezeWish(reason=FreezeReason.TIME_UP))
    assert later.frozen is not None
    assert later.frozen.reason == "time_up"
    await world.services.sessions.end(maya, session.id)
    for use_case in (
        world.services.sessions.freeze(maya, session.id, FreezeWish()),
        world.services.sessions.unfreeze(maya, session.id),
    ):
        with pytest.raises(GoneError):
            await use_case


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.OBSERVER])
async def test_who_is_interviewed_or_watches_neither_freezes_nor_unfreezes(world: World, role: Role) -> None:
    maya = await world.host()
    session = await world.session(maya)
    person = await world.guest(maya, session, role=role)
    await world.services.admission.admit(maya, session.id, person.person_id)
    with pytest.raises(NotPermittedError):
        await world.services.sessions.freeze(person, session.id, FreezeWish())
    await world.services.sessions.freeze(maya, session.id, FreezeWish())
    with pytest.raises(NotPermittedError):
        await world.services.sessions.unfreeze(person, session.id)


async def test_a_deleted_session_leaves_nothing(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    await world.services.chat.send(priya, session.id, ChatWish(text="hello"))
    await world.services.sessions.delete(maya, session.id)
    for person in (maya, priya):
        with pytest.raises(NotFoundError):
            await world.services.sessions.get(person, session.id)
    assert not (world.services.settings.files_dir / session.folder).exists()


async def test_the_activity_is_numbered_without_gaps_also_when_all_write_at_once(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    await asyncio.gather(
        *(world.services.chat.send(maya, session.id, ChatWish(text=str(number))) for number in range(20))
    )
    page = await world.services.sessions.activity(maya, session.id, after=0, limit=100)
    assert [line.sequence for line in page.activity] == list(range(1, 22))
    published = [c.sequence for c in world.published if c.event.session_id == session.id]
    assert sorted(published) == list(range(1, 22))


async def test_the_activity_is_read_backwards_too_page_by_page(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    for number in range(4):
        await world.services.chat.send(maya, session.id, ChatWish(text=str(number)))
    read: list[list[int]] = []
    before: int | None = 6
    while before is not None:
        page = await world.services.sessions.activity(maya, session.id, before=before, limit=2)
        read.append([line.sequence for line in page.activity])
        before = page.next
    assert read == [[4, 5], [2, 3], [1]]


async def test_a_page_of_the_activity_is_shorter_where_much_was_said_and_none_is_left_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codewithme_ext.interview.sessions.service.PAGE_CHARACTERS", 2000)
    monkeypatch.setattr("codewithme_ext.interview.sessions.service.ROWS_AT_ONCE", 3)
    maya = await world.host()
    session = await world.session(maya)
    for number in range(9):
        await world.services.chat.send(maya, session.id, ChatWish(text=f"{number}" * (1800 if number > 6 else 9)))
    for limit in (4, 100):
        sizes, seen, after = [], [], 0
        while after is not None:
            page = await world.services.sessions.activity(maya, session.id, after=after, limit=limit)
            sizes.append(len(page.activity))
            seen += [line.sequence for line in page.activity]
            after = page.next
        assert seen == list(range(1, 11))
        assert sizes == ([4, 4, 1, 1] if limit == 4 else [8, 1, 1])


async def test_a_candidate_reads_only_the_activity_meant_for_everyone(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    await world.guest(maya, session, "Jun")
    types = {
        person.name: {
            line.type
            for line in (await world.services.sessions.activity(person, session.id, after=0, limit=100)).activity
        }
        for person in (maya, priya)
    }
    assert types["Maya"] - types["Priya"] == {"invitation-created", "participant-waiting"}


async def test_the_first_entry_of_the_host_starts_the_session(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    await world.services.admission.enter(maya, session.id)
    await world.services.admission.enter(maya, session.id)
    assert (await world.services.sessions.get(maya, session.id)).status == "live"
    assert world.told().count("session-started") == 1


def test_the_permission_table_gives_nobody_more_than_the_host() -> None:
    assert GRANTS[Role.HOST] == frozenset(Capability)
    assert Capability.MANAGE not in GRANTS[Role.INTERVIEWER]
    assert GRANTS[Role.CANDIDATE] & {Capability.ADMIT, Capability.INVITE, Capability.MANAGE} == frozenset()
    assert Capability.EDIT not in GRANTS[Role.OBSERVER]
    for role in Role:
        assert GRANTS_AFTER_THE_END[role] <= GRANTS[role]
        assert GRANTS_AFTER_THE_END[role].isdisjoint({Capability.EDIT, Capability.RUN, Capability.CHAT})


async def test_interviews_that_are_written_to_while_they_are_deleted_are_deleted(world: World) -> None:
    maya = await world.host()
    for _ in range(8):
        session = await world.session(maya)
        writing = [world.services.chat.send(maya, session.id, ChatWish(text=str(number))) for number in range(6)]
        deleting = world.services.sessions.delete(maya, session.id)
        outcomes = await asyncio.gather(*writing[:3], deleting, *writing[3:], return_exceptions=True)
        assert outcomes[3] is None, outcomes[3]
        unexpected = [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, NotFoundError)]
        assert unexpected == []
