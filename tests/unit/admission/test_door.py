"""The door: asking to join, waiting, and being admitted, rejected or removed."""

import asyncio

import pytest

from codewithme_ext.errors import (
    ConsentRequiredError,
    GoneError,
    InvalidInputError,
    InvalidTransitionError,
    NotFoundError,
    NotPermittedError,
    WrongPasswordError,
)
from codewithme_ext.interview.accounts.passwords import Passwords
from codewithme_ext.interview.admission.schemas import Acceptance, InvitationCreation, JoinRequest
from codewithme_ext.interview.roles import Role
from codewithme_ext.interview.sessions.schemas import SessionChanges
from factories import World


async def test_a_guest_waits_is_admitted_and_sees_the_session(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.guest(maya, session)
    assert (await world.services.admission.door(priya, session.id)).state == "waiting"
    with pytest.raises(NotFoundError):
        await world.services.sessions.get(priya, session.id)
    await world.services.admission.admit(maya, session.id, priya.person_id)
    seen = await world.services.sessions.get(priya, session.id)
    assert [(person.name, person.role) for person in seen.participants] == [
        ("Maya", Role.HOST),
        ("Priya", Role.CANDIDATE),
    ]
    assert len({person.color for person in seen.participants}) == 2
    assert world.told()[-2:] == ["participant-waiting", "participant-admitted"]


async def test_a_rejected_guest_cannot_come_back_by_the_same_link(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    code = await world.code(maya, session)
    wish = Acceptance(session_id=session.id, code=code, name="Priya", consent=True)
    accepted = await world.services.admission.accept(None, wish)
    await world.services.admission.reject(maya, session.id, accepted.grant.user.id, "Another day")
    with pytest.raises(GoneError):
        await world.services.admission.accept(None, wish.model_copy(update={"name": "Somebody else"}))


async def test_a_rejected_account_cannot_come_back_by_the_id(world: World) -> None:
    maya, tomas = await world.host(), await world.host("Tomas")
    session = await world.session(maya)
    await world.services.admission.join(tomas, JoinRequest(id=session.id))
    await world.services.admission.reject(maya, session.id, tomas.person_id, "")
    assert (await world.services.admission.join(tomas, JoinRequest(id=session.id))).state == "rejected"


async def test_a_removed_candidate_loses_everything_at_once(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    await world.services.admission.remove(maya, session.id, priya.person_id, "")
    for refused in (
        world.services.sessions.get(priya, session.id),
        world.services.chat.history(priya, session.id, after=None, before=None, limit=10),
        world.services.sessions.activity(priya, session.id, after=0, limit=10),
    ):
        with pytest.raises(NotFoundError):
            await refused
    assert (await world.services.sessions.access(priya, session.id)).capabilities == frozenset()


async def test_only_those_who_may_admit_do(world: World) -> None:
    maya, tomas = await world.host(), await world.host("Tomas")
    session, foreign = await world.session(maya), await world.session(tomas)
    priya = await world.candidate(maya, session)
    waiting = await world.guest(maya, session, "Jun")
    with pytest.raises(NotPermittedError):
        await world.services.admission.admit(priya, session.id, waiting.person_id)
    with pytest.raises(NotFoundError):
        await world.services.admission.admit(waiting, session.id, waiting.person_id)
    with pytest.raises(NotFoundError):
        await world.services.admission.admit(tomas, session.id, waiting.person_id)
    with pytest.raises(NotFoundError):
        await world.services.admission.admit(tomas, foreign.id, waiting.person_id)


async def test_nobody_is_admitted_twice_and_the_host_is_never_removed(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    with pytest.raises(InvalidTransitionError):
        await world.services.admission.admit(maya, session.id, priya.person_id)
    with pytest.raises(InvalidTransitionError):
        await world.services.admission.remove(maya, session.id, maya.person_id, "")


async def test_of_those_who_decide_at_once_about_somebody_one_does(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    admission = world.services.admission
    for number in range(3):
        priya = await world.guest(maya, session, f"Priya {number}")
        before = len(world.published)
        results = await asyncio.gather(
            *(admission.admit(maya, session.id, priya.person_id) for _ in range(3)),
            *(admission.reject(maya, session.id, priya.person_id, "") for _ in range(3)),
            return_exceptions=True,
        )
        assert sum(result is None for result in results) == 1
        assert all(result is None or isinstance(result, InvalidTransitionError) for result in results)
        told = [event for event in world.told()[before:] if event.startswith("participant-")]
        assert told == [f"participant-{(await admission.door(priya, session.id)).state}"]


async def test_people_who_come_at_once_have_colours_of_their_own_and_are_all_counted(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    link = await world.services.invitations.create(maya, session.id, InvitationCreation())
    await world.services.sessions.update(maya, session.id, SessionChanges(auto_admit=True))
    wish = Acceptance(session_id=session.id, code=link.url.partition("code=")[2], name="Priya", consent=True)
    await asyncio.gather(*(world.services.admission.accept(None, wish) for _ in range(6)))
    seen = await world.services.sessions.get(maya, session.id)
    assert sorted(person.color for person in seen.participants) == list(range(7))
    assert (await world.services.invitations.get(maya, session.id, link.id)).uses == 6


async def test_a_link_that_is_revoked_while_a_password_is_checked_lets_nobody_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    maya = await world.host()
    session = await world.session(maya, password="open sesame")
    link = await world.services.invitations.create(maya, session.id, InvitationCreation())
    matches = Passwords.matches

    async def matches_and_is_revoked(passwords: Passwords, password: str, stored: str | None) -> bool:
        is_right = await matches(passwords, password, stored)
        await world.services.invitations.revoke(maya, session.id, link.id)
        return is_right

    monkeypatch.setattr(Passwords, "matches", matches_and_is_revoked)
    wish = Acceptance(
        session_id=session.id,
        code=link.url.partition("code=")[2],
        name="Priya",
        password="open sesame",
        consent=True,
    )
    with pytest.raises(GoneError):
        await world.services.admission.accept(None, wish)
    assert await world.services.admission.waiting(maya, session.id) == []


async def test_the_same_account_asking_in_two_tabs_waits_once(world: World) -> None:
    maya, tomas = await world.host(), await world.host("Tomas")
    session = await world.session(maya)
    await asyncio.gather(*(world.services.admission.join(tomas, JoinRequest(id=session.id)) for _ in range(5)))
    assert len(await world.services.admission.waiting(maya, session.id)) == 1
    assert world.told().count("participant-waiting") == 1


async def test_joining_needs_consent_a_name_and_the_password(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya, password="open sesame")
    code = await world.code(maya, session)
    good = {"session_id": session.id, "code": code, "name": "Priya", "password": "open sesame", "consent": True}
    for change, error in (
        ({"consent": False}, ConsentRequiredError),
        ({"name": None}, InvalidInputError),
        ({"password": None}, WrongPasswordError),
        ({"password": "guess"}, WrongPasswordError),
        ({"code": "0" * 32 + ".wrong"}, NotFoundError),
        ({"session_id": "not an id"}, NotFoundError),
    ):
        with pytest.raises(error):
            await world.services.admission.accept(None, Acceptance(**{**good, **change}))
    assert (await world.services.admission.accept(None, Acceptance(**good))).door.state == "waiting"


async def test_a_link_of_one_session_opens_no_other(world: World) -> None:
    maya = await world.host()
    first, second = await world.session(maya), await world.session(maya)
    code = await world.code(maya, first)
    with pytest.raises(NotFoundError):
        await world.services.admission.preview(second.id, code)
    assert (await world.services.admission.preview(first.id, code)).host_name == "Maya"


async def test_a_link_stops_working_when_it_expires_or_is_revoked(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    short = await world.services.invitations.create(maya, session.id, InvitationCreation(expires_in_s=60))
    long = await world.services.invitations.create(maya, session.id, InvitationCreation())
    world.clock.move(minutes=1)
    await world.services.invitations.revoke(maya, session.id, long.id)
    for invitation in (short, long):
        with pytest.raises(GoneError):
            await world.services.admission.preview(session.id, invitation.url.partition("code=")[2])


async def test_copy_link_gives_the_same_link_until_it_is_spent(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    first = await world.services.invitations.candidate_link(maya, session.id)
    assert await world.services.invitations.candidate_link(maya, session.id) == first
    await world.services.invitations.revoke(maya, session.id, first.id)
    assert (await world.services.invitations.candidate_link(maya, session.id)).id != first.id


async def test_a_wrong_id_and_a_wrong_password_get_the_same_answer(world: World) -> None:
    maya, tomas = await world.host(), await world.host("Tomas")
    session = await world.session(maya, password="open sesame")
    answers = []
    for wish in (
        JoinRequest(id=session.id, password="guess"),
        JoinRequest(id=session.id),
        JoinRequest(id="00000000-0000-4000-8000-00000000dead", password="guess"),
        JoinRequest(id="no id at all"),
    ):
        with pytest.raises(NotFoundError) as refused:
            await world.services.admission.join(tomas, wish)
        answers.append(refused.value.message)
    assert len(set(answers)) == 1
    assert (await world.services.admission.join(tomas, JoinRequest(id=session.id, password="open sesame"))).state == (
        "waiting"
    )


async def test_guests_do_not_join_by_id(world: World) -> None:
    maya = await world.host()
    first, second = await world.session(maya), await world.session(maya)
    priya = await world.candidate(maya, first)
    with pytest.raises(NotPermittedError):
        await world.services.admission.join(priya, JoinRequest(id=second.id))


async def test_auto_admit_lets_people_straight_in(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    await world.services.sessions.update(maya, session.id, SessionChanges(auto_admit=True))
    priya = await world.guest(maya, session)
    assert (await world.services.admission.door(priya, session.id)).state == "admitted"


async def test_who_leaves_waits_again_on_return(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    code = await world.code(maya, session)
    wish = Acceptance(session_id=session.id, code=code, name="Priya", consent=True)
    priya = await world.candidate(maya, session)
    await world.services.admission.leave(priya, session.id)
    with pytest.raises(NotFoundError):
        await world.services.sessions.get(priya, session.id)
    assert (await world.services.admission.accept(priya, wish)).door.state == "waiting"
    assert len(await world.services.admission.waiting(maya, session.id)) == 1


async def test_after_the_end_nobody_joins_and_the_candidate_is_out(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    code = await world.code(maya, session)
    priya = await world.candidate(maya, session)
    await world.services.sessions.end(maya, session.id)
    assert (await world.services.admission.door(priya, session.id)).state == "ended"
    with pytest.raises(GoneError):
        await world.services.sessions.get(priya, session.id)
    with pytest.raises(GoneError):
        await world.services.admission.preview(session.id, code)
    assert (await world.services.sessions.get(maya, session.id)).status == "ended"
