"""The same request again: answered again, not done twice."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from codewithme_ext.errors import ConflictError, KeyReusedError, NotPermittedError
from codewithme_ext.interview import idempotency
from codewithme_ext.interview.idempotency import Idempotency
from codewithme_ext.interview.sessions.schemas import SessionCreation, SessionsQuery
from factories import World


async def made(world: World) -> int:
    """How many interviews there are of the one host."""
    return world.told().count("session-created")


async def test_the_same_key_and_request_get_the_same_answer_also_at_once(world: World) -> None:
    maya = await world.host()

    async def work() -> dict[str, Any]:
        session = await world.services.sessions.create(maya, SessionCreation(title="Once"))
        return session.model_dump(mode="json")

    once = world.services.idempotency.once
    replays = await asyncio.gather(*(once(maya, "key", b"request", work) for _ in range(6)))
    replays.append(await once(maya, "key", b"request", work))
    assert all(replay.answer == replays[0].answer for replay in replays)
    assert [replay.is_again for replay in replays].count(False) == 1
    assert await made(world) == 1
    assert len((await world.services.sessions.mine(maya, SessionsQuery())).sessions) == 1


async def test_another_request_with_the_key_is_refused_and_another_person_has_keys_of_their_own(world: World) -> None:
    maya, zoe = await world.host(), await world.host("Zoe")

    async def work() -> dict[str, Any]:
        return {"done": True}

    once = world.services.idempotency.once
    await once(maya, "key", b"request", work)
    with pytest.raises(KeyReusedError):
        await once(maya, "key", b"another", work)
    assert not (await once(zoe, "key", b"another", work)).is_again


async def test_what_was_refused_may_be_tried_again_with_its_key(world: World) -> None:
    maya = await world.host()
    outcomes = [NotPermittedError("Not now."), None]

    async def work() -> dict[str, Any]:
        refusal = outcomes.pop(0)
        if refusal is not None:
            raise refusal
        return {"done": True}

    with pytest.raises(NotPermittedError):
        await world.services.idempotency.once(maya, "key", b"request", work)
    assert (await world.services.idempotency.once(maya, "key", b"request", work)).answer == {"done": True}


async def test_a_key_is_forgotten_after_a_day(world: World) -> None:
    maya = await world.host()

    async def work() -> dict[str, Any]:
        return {"done": True}

    await world.services.idempotency.once(maya, "key", b"request", work)
    world.clock.move(hours=25)
    assert not (await world.services.idempotency.once(maya, "key", b"another", work)).is_again


@pytest.mark.parametrize("has_effect", [False, True])
async def test_what_a_dead_server_had_not_done_is_done_and_what_it_had_done_is_not_done_again(
    world: World, has_effect: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    maya = await world.host()
    monkeypatch.setattr(idempotency, "WAIT_S", 0.2)

    class Killed(BaseException):
        """The process ends here."""

    async def work_of_the_dead() -> dict[str, Any]:
        if has_effect:
            await world.services.sessions.create(maya, SessionCreation(title="Once"))
        raise Killed

    async def work() -> dict[str, Any]:
        await world.services.sessions.create(maya, SessionCreation(title="Once"))
        return {"done": True}

    with pytest.raises(Killed):
        await Idempotency(world.services.units).once(maya, "key", b"request", work_of_the_dead)
    successor = Idempotency(world.services.units)
    with pytest.raises(ConflictError):
        await successor.once(maya, "key", b"request", work)  # it may be alive on another server
    world.clock.move(seconds=timedelta(minutes=3).total_seconds())
    if has_effect:
        with pytest.raises(ConflictError):
            await successor.once(maya, "key", b"request", work)
    else:
        assert (await successor.once(maya, "key", b"request", work)).answer == {"done": True}
    assert await made(world) == 1
