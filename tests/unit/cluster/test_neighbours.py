"""What a server does that may not have heard everything, without any Redis (fault F10; the real one is in integration)."""

import asyncio
from typing import Any

import pytest

from codewithme_ext.cluster.link import RedisLink
from codewithme_ext.cluster.neighbours import Neighbours
from codewithme_ext.errors import DatabaseUnavailableError
from codewithme_ext.events.bus import EventBus
from codewithme_ext.interview.sessions.presence import Presence

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


async def test_what_could_not_be_looked_up_is_looked_up_again_also_once_redis_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("codewithme_ext.cluster.neighbours.HEARTBEAT_S", 0.01)
    monkeypatch.setattr("codewithme_ext.cluster.neighbours.LOOK_EVERY_S", 0.0)
    link = RedisLink(NOBODY_LISTENS, prefix="test")
    neighbours = Neighbours(link, EventBus(), Presence())
    tries, was_looked_up = 0, asyncio.Event()

    async def look() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise DatabaseUnavailableError("The database does not answer.")
        was_looked_up.set()

    neighbours.when_missed(look)
    link.is_up = True
    with pytest.raises(DatabaseUnavailableError):
        await link.on_recovery()
    beating = asyncio.create_task(neighbours._beat())
    async with asyncio.timeout(10):
        await was_looked_up.wait()
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    link.is_up = False
    await link.stop()


async def test_a_server_that_fails_in_listening_knows_it_and_listens_again(monkeypatch: pytest.MonkeyPatch) -> None:
    link = RedisLink(NOBODY_LISTENS, prefix="test")
    link.is_up = True
    tries, again = [], asyncio.Event()

    def pubsub() -> Any:
        tries.append(link.is_up)
        if len(tries) == 2:
            again.set()
        raise RuntimeError("a library broke")

    monkeypatch.setattr(link._listening, "pubsub", pubsub)
    link.start()
    async with asyncio.timeout(10):
        await again.wait()
    await link.stop()
    assert tries == [True, False]
