"""The line between several servers: what one of them says on it, all of them hear, for as long as Redis is there.

Theory of operation: one Redis channel, one JSON object a message. Nothing on it is durable and nothing is repeated, so a server
that may have missed something is told (`on_recovery`) and looks at the database instead. Every server speaks at least every
`HEARTBEAT_S` and hears itself: silence means that the connection is dead, whatever TCP thinks of it.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from ..logs import redact

log = logging.getLogger(__name__)

HEARTBEAT_S = 2.5
_SILENCE_S = 4 * HEARTBEAT_S
_MAX_QUEUED = 10_000
_RETRIES_S = (0.2, 0.5, 1.0, 2.0, 5.0)

Message = dict[str, Any]


class RedisLink:
    """Owns the connection to Redis and the two tasks that speak and listen."""

    def __init__(self, url: str, *, prefix: str) -> None:
        self.prefix = prefix
        self.redis: Redis = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
        self._listening: Redis = Redis.from_url(url, socket_connect_timeout=2)
        self._channel = f"{prefix}:events"
        self._queue: asyncio.Queue[Message] = asyncio.Queue(_MAX_QUEUED)
        self._tasks: list[asyncio.Task[None]] = []
        self._has_lost_some = False
        self.is_up = False
        self.on_message: Callable[[Message], Awaitable[None]] = _nobody_listens
        self.on_recovery: Callable[[], Awaitable[None]] = _nothing_to_do

    def start(self) -> None:
        """Begin to speak and listen; a Redis that is away is waited for in the background."""
        self._tasks = [
            asyncio.create_task(self._listen(), name="listen to the other servers"),
            asyncio.create_task(self._speak(), name="tell the other servers"),
        ]

    async def stop(self) -> None:
        """Say what is left to say, if somebody hears it, and hang up."""
        if self.is_up:
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._queue.join()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.is_up = False
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        for client in (self.redis, self._listening):
            await client.aclose()

    def say(self, message: Message) -> None:
        """Tell all servers, this one too. While Redis is away nobody is told: the others look for themselves later."""
        if not self.is_up:
            self._has_lost_some = True
            return
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self._has_lost_some = True

    async def _speak(self) -> None:
        while True:
            message = await self._queue.get()
            try:
                if self._has_lost_some:
                    await self.redis.publish(self._channel, json.dumps({"kind": "missed"}))
                    self._has_lost_some = False
                await self.redis.publish(self._channel, json.dumps(message))
            except (RedisError, OSError) as error:
                self._has_lost_some = True
                self._is_away(error)
            except Exception:
                log.exception("A message to the other servers could not be sent")
            finally:
                self._queue.task_done()

    async def _listen(self) -> None:
        tries = 0
        while True:
            try:
                async with self._listening.pubsub() as pubsub:
                    await pubsub.subscribe(self._channel)
                    while True:
                        async with asyncio.timeout(_SILENCE_S):
                            heard = await pubsub.get_message(timeout=None)  # None waits for good
                        if heard is None:
                            continue
                        # The library connects again by itself, and says so by subscribing again.
                        if heard["type"] == "subscribe":
                            tries = 0
                            await self._came_up()
                        elif heard["type"] == "message":
                            await self._take(heard["data"])
            except (RedisError, OSError) as error:
                self._is_away(error)
            except Exception as error:  # whatever it is: a server that no longer listens would not know that it is deaf
                log.exception("The other servers could not be listened to")
                self._is_away(error)
            await asyncio.sleep(_RETRIES_S[min(tries, len(_RETRIES_S) - 1)])
            tries += 1

    async def _came_up(self) -> None:
        if not self.is_up:
            log.info("Redis answers; the servers hear each other")
        self.is_up = True
        try:
            await self.on_recovery()
        except Exception:
            log.exception("Not everything could be looked up after Redis came back")

    async def _take(self, data: bytes) -> None:
        try:
            await self.on_message(json.loads(data))
        except Exception:
            log.exception("A message of another server could not be used")

    def _is_away(self, error: Exception) -> None:
        if self.is_up or not self._has_lost_some:
            log.warning("Redis does not answer (%s); this server goes on by itself", redact(str(error) or "silence"))
        self.is_up = False
        self._has_lost_some = True


async def _nobody_listens(_message: Message) -> None: ...


async def _nothing_to_do() -> None: ...
