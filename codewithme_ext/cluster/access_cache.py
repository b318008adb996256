"""What people are in their sessions, kept in Redis for a moment: Jupyter's doors ask for it on every request.

A session's entries lie in one hash and go together, when an event of the session says that something may have changed. An
answer that was read from the database before that, and comes back after it, finds another token in the hash and is not kept.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

from pydantic import TypeAdapter
from redis.exceptions import RedisError

from ..events.bus import Committed
from ..events.types import (
    ChatMessageSent,
    ExecutionFinished,
    ExecutionInput,
    ExecutionOutput,
    ExecutionQueued,
    ExecutionStarted,
)
from ..interview.accounts.actor import Actor
from ..interview.sessions.access import Access
from .link import RedisLink

log = logging.getLogger(__name__)

LIFETIME_S = 10
"""An entry that nobody could take back, because Redis was away for the server that wanted to, is believed no longer than this."""

_CHANGE_NOTHING = (
    ChatMessageSent,
    ExecutionFinished,
    ExecutionInput,
    ExecutionOutput,
    ExecutionQueued,
    ExecutionStarted,
)
_BEGIN = """
if redis.call('HSETNX', KEYS[1], 'token', ARGV[1]) == 1 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return redis.call('HGET', KEYS[1], 'token')
"""
_KEEP_IF_UNCHANGED = """
if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then redis.call('HSET', KEYS[1], ARGV[2], ARGV[3]) end
"""
_ACCESS = TypeAdapter(Access)


class RedisAccessCache:
    """An `AccessCache` (see `interview/sessions/access.py`) that all servers share."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._not_taken_back: set[str] = set()

    async def get(self, actor: Actor, session_id: str, read: Callable[[], Awaitable[Access | None]]) -> Access | None:
        """The entry, or what `read` answers. Without Redis it is always read."""
        if not self._link.is_up or actor.user_id is None:
            return await read()
        redis, key = self._link.redis, self._key(session_id)
        try:
            if self._not_taken_back:
                left = set(self._not_taken_back)
                await redis.delete(*(self._key(one) for one in left))
                self._not_taken_back -= left
            kept = await redis.hget(key, actor.user_id)
            if kept is not None:
                return replace(_ACCESS.validate_json(kept), name=actor.name)
            token = await redis.eval(_BEGIN, 1, key, secrets.token_hex(8), LIFETIME_S)
        except (RedisError, OSError, ValueError, TypeError):
            return await read()
        access = await read()
        if access is not None:
            try:
                await redis.eval(_KEEP_IF_UNCHANGED, 1, key, token, actor.user_id, _ACCESS.dump_json(access))
            except (RedisError, OSError):
                log.debug("An access was not kept")
        return access

    async def on_event(self, committed: Committed) -> None:
        """Subscriber, before all others: what was true before the event is not served after it."""
        event = committed.event
        if isinstance(event, _CHANGE_NOTHING):
            return
        try:
            await self._link.redis.delete(self._key(event.session_id))
        except (RedisError, OSError):
            self._not_taken_back.add(event.session_id)

    def _key(self, session_id: str) -> str:
        return f"{self._link.prefix}:access:{session_id}"
