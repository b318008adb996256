"""Whom a log-in belongs to is believed for a moment, and not one moment after it is said to have ended."""

import pytest

from codewithme_ext.errors import NotAuthenticatedError
from codewithme_ext.interview.accounts.actor import Actor
from codewithme_ext.interview.accounts.known import BELIEVED_FOR_S, KnownLogIns
from codewithme_ext.interview.accounts.models import UserRole
from codewithme_ext.interview.accounts.schemas import Registration
from factories import World, actor_of

MAYA = Actor(user_id="maya", name="Maya", role=UserRole.USER, device_id="d")


def test_what_was_read_is_believed_for_a_moment_and_for_the_same_person_only() -> None:
    now = [0.0]
    known = KnownLogIns(lambda: now[0])
    known.keep("d", MAYA, generation=known.generation)
    assert known.get("d", "maya") is MAYA
    assert known.get("d", "somebody else") is None
    now[0] = BELIEVED_FOR_S + 0.1
    assert known.get("d", "maya") is None


def test_what_was_read_before_log_ins_ended_is_not_kept() -> None:
    known = KnownLogIns()
    before = known.generation
    known.generation += 1
    known.keep("d", MAYA, generation=before)
    assert known.get("d", "maya") is None


async def test_a_log_in_that_was_just_used_ends_at_once(world: World) -> None:
    wish = Registration(name="Maya", email="maya@company.example", password="correct horse battery")
    grant = await world.services.accounts.register(wish)
    actor = await world.services.logins.authenticate(grant.token)
    assert await world.services.logins.authenticate(grant.token) is actor
    await world.services.logins.logout(actor_of(grant), grant.refreshToken)
    with pytest.raises(NotAuthenticatedError):
        await world.services.logins.authenticate(grant.token)
