"""Two people who change one interview: nobody overwrites what they have not seen."""

import asyncio

import pytest

from codewithme_ext.errors import ChangedMeanwhileError
from codewithme_ext.interview.sessions.schemas import SessionChanges
from factories import World


async def test_a_change_from_an_old_version_is_refused_and_names_the_present_one(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    seen = frozenset({session.version})
    changed = await world.services.sessions.update(maya, session.id, SessionChanges(title="First"), if_version=seen)
    assert changed.version > session.version
    with pytest.raises(ChangedMeanwhileError) as refused:
        await world.services.sessions.update(maya, session.id, SessionChanges(title="Second"), if_version=seen)
    assert refused.value.version == changed.version
    for change in (world.services.sessions.end, world.services.sessions.delete):
        with pytest.raises(ChangedMeanwhileError):
            await change(maya, session.id, if_version=seen)
    assert (await world.services.sessions.get(maya, session.id)).title == "First"
    await world.services.sessions.update(maya, session.id, SessionChanges(title="Third"))


async def test_of_many_changes_at_once_from_one_version_exactly_one_is_made(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    seen = frozenset({session.version})
    outcomes = await asyncio.gather(
        *(
            world.services.sessions.update(maya, session.id, SessionChanges(title=f"Title {n}"), if_version=seen)
            for n in range(8)
        ),
        return_exceptions=True,
    )
    made = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert len(made) == 1
    assert all(isinstance(outcome, ChangedMeanwhileError) for outcome in outcomes if outcome is not made[0])


async def test_changes_without_a_version_wait_for_each_other_and_are_all_made(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    await asyncio.gather(
        *(world.services.sessions.update(maya, session.id, SessionChanges(title=f"Title {n}")) for n in range(8))
    )
    assert (await world.services.sessions.get(maya, session.id)).version == session.version + 8
