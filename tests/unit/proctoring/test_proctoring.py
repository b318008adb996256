"""What candidates' browsers observe: whose it is, what is missing, who reads it (claim C48)."""

import asyncio
import dataclasses

import pytest
from pydantic import ValidationError

from codewithme_ext.errors import ConsentRequiredError, LimitReachedError, NotFoundError, NotPermittedError
from codewithme_ext.interview.admission.schemas import JoinRequest
from codewithme_ext.interview.proctoring.models import ProctoringEventType
from codewithme_ext.interview.proctoring.schemas import Observation, Observations, ProctoringQuery
from codewithme_ext.interview.proctoring.service import MAX_EVENTS, ProctoringService
from factories import World


def batch(*sequences: int, event_type: str = "tab_left", **data: object) -> Observations:
    """Observations with these numbers."""
    return Observations(
        events=[Observation(sequence=n, event_type=ProctoringEventType(event_type), event_data=data) for n in sequences]
    )


async def test_claim_48_user_and_time_are_the_servers_and_gaps_are_shown(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    proctoring = world.services.proctoring
    assert (await proctoring.record(priya, session.id, batch(1, 2))).last_sequence == 2
    world.clock.move(seconds=5)
    receipt = await proctoring.record(priya, session.id, batch(5, event_type="paste", length=400, where="main.py"))
    assert (receipt.recorded, receipt.last_sequence) == (1, 5)
    page = await proctoring.timeline(maya, session.id, ProctoringQuery())
    assert {(event.user_id, event.username) for event in page.events} == {(priya.person_id, "Priya")}
    assert page.events[-1].timestamp == world.clock()
    assert {event.sequence: event.missing_before for event in page.events} == {1: 0, 2: 0, 5: 2}
    assert page.events[-1].event_data == {"length": 400, "where": "main.py"}
    pastes = await proctoring.timeline(maya, session.id, ProctoringQuery(event_type=ProctoringEventType.PASTE))
    assert [event.missing_before for event in pastes.events] == [2]


async def test_a_batch_sent_again_changes_nothing_whatever_it_says_now(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    proctoring = world.services.proctoring
    await proctoring.record(priya, session.id, batch(1, 2))
    receipts = await asyncio.gather(
        *(proctoring.record(priya, session.id, batch(1, 2, 3, event_type="copy")) for _ in range(4))
    )
    assert sum(receipt.recorded for receipt in receipts) == 1
    page = await proctoring.timeline(maya, session.id, ProctoringQuery())
    assert {event.sequence: event.event_type for event in page.events} == {1: "tab_left", 2: "tab_left", 3: "copy"}


async def test_only_candidates_who_agreed_are_recorded_and_only_those_who_hold_the_interview_read(world: World) -> None:
    maya, zoe = await world.host(), await world.host("Zoe")
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    waiting = await world.guest(maya, session, "Jun")
    proctoring = world.services.proctoring
    with pytest.raises(NotPermittedError):
        await proctoring.record(maya, session.id, batch(1))
    with pytest.raises(NotPermittedError):
        await proctoring.timeline(priya, session.id, ProctoringQuery())
    for nobody in (waiting, zoe):
        with pytest.raises(NotFoundError):
            await proctoring.record(nobody, session.id, batch(1))
        with pytest.raises(NotFoundError):
            await proctoring.timeline(nobody, session.id, ProctoringQuery())
    await world.services.admission.join(zoe, JoinRequest(id=session.id, consent=False))
    await world.services.admission.admit(maya, session.id, zoe.person_id)
    with pytest.raises(ConsentRequiredError):
        await proctoring.record(zoe, session.id, batch(1))
    assert "proctoring-observed" not in [
        line.type for line in (await world.services.sessions.activity(priya, session.id, after=0, limit=99)).activity
    ]


async def test_the_timeline_comes_in_pages_and_can_be_read_after_the_end(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    proctoring = world.services.proctoring
    await proctoring.record(priya, session.id, batch(*range(1, 8)))
    await world.services.sessions.end(maya, session.id)
    seen, after = [], None
    while True:
        page = await proctoring.timeline(maya, session.id, ProctoringQuery(limit=3, after=after))
        seen += [event.sequence for event in page.events]
        after = page.next
        if after is None:
            break
    assert seen == list(range(1, 8)), "also those of one batch come in the order in which they were observed"


async def test_nobody_fills_the_disk_with_observations(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    assert (await world.services.proctoring.record(priya, session.id, batch(MAX_EVENTS))).recorded == 1
    with pytest.raises(LimitReachedError):
        await world.services.proctoring.record(priya, session.id, batch(MAX_EVENTS + 1))


async def test_a_server_without_proctoring_records_nothing(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    off = ProctoringService(world.services.units, is_enabled=False)
    services = dataclasses.replace(world.services, proctoring=off)
    with pytest.raises(NotPermittedError):
        await services.proctoring.record(priya, session.id, batch(1))


@pytest.mark.parametrize("data", [{"x": "y" * 5000}, {"x": "\x00"}, {"x": "\ud800"}, {"x": float("nan")}])
def test_data_of_an_observation_is_small_and_clean(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        batch(1, **data)
