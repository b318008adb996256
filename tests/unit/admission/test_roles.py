"""Changing what somebody is in an interview, within rights."""

import pytest

from codewithme_ext.errors import GoneError, InvalidTransitionError, NotFoundError, NotPermittedError
from codewithme_ext.interview.roles import GRANTS, Role, may_change_role
from factories import World


@pytest.mark.parametrize("actor", Role)
@pytest.mark.parametrize("old", Role)
@pytest.mark.parametrize("new", Role)
def test_only_a_host_raises_rights_and_nobody_makes_or_unmakes_a_host(actor: Role, old: Role, new: Role) -> None:
    is_allowed = may_change_role(actor, old, new)
    if Role.HOST in (old, new) or actor in (Role.CANDIDATE, Role.OBSERVER):
        assert not is_allowed
    elif actor is Role.INTERVIEWER and is_allowed:
        assert GRANTS[new] < GRANTS[old] < GRANTS[actor]
    else:
        assert is_allowed is (actor is Role.HOST)


async def test_the_host_makes_a_candidate_an_interviewer_who_then_may_admit(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    jun = await world.guest(maya, session, "Jun")
    admission = world.services.admission
    with pytest.raises(NotPermittedError):
        await admission.admit(priya, session.id, jun.person_id)
    changed = await admission.change_role(maya, session.id, priya.person_id, Role.INTERVIEWER)
    assert changed.role is Role.INTERVIEWER
    assert world.told()[-1] == "participant-role-changed"
    await admission.admit(priya, session.id, jun.person_id)
    with pytest.raises(NotPermittedError):
        await admission.change_role(priya, session.id, jun.person_id, Role.INTERVIEWER)
    await admission.change_role(priya, session.id, jun.person_id, Role.OBSERVER)
    with pytest.raises(NotPermittedError):
        await admission.change_role(priya, session.id, jun.person_id, Role.CANDIDATE)
    with pytest.raises(NotPermittedError):
        await admission.change_role(priya, session.id, maya.person_id, Role.OBSERVER)


async def test_a_role_is_for_those_inside_of_an_interview_that_goes_on(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    waiting = await world.guest(maya, session, "Jun")
    admission = world.services.admission
    with pytest.raises(InvalidTransitionError):
        await admission.change_role(maya, session.id, waiting.person_id, Role.OBSERVER)
    with pytest.raises(NotFoundError):
        await admission.change_role(maya, session.id, "nobody", Role.OBSERVER)
    await world.services.sessions.end(maya, session.id)
    with pytest.raises((GoneError, NotPermittedError)):
        await admission.change_role(maya, session.id, priya.person_id, Role.OBSERVER)
