"""Idempotency keys: a request that is sent again because its answer got lost is answered again, and not done twice.

Theory of operation: a key is claimed in a transaction of its own before the work begins; the unique constraint decides between
two that come at once, on any server. Every transaction of the work then marks the claim as having had an effect, in itself; when
the work is done its answer is kept with the claim. Whoever comes with the same key waits for that answer for a moment. A claim
whose server went away before it had any effect is taken over; one that had an effect and no answer is never worked on again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from ..errors import CodeWithMeError, ConflictError, DatabaseUnavailableError, KeyReusedError
from ..storage.base import Base, HasCreatedAt, HasId, Id, new_id
from ..storage.pruning import prune
from ..storage.unit_of_work import UnitOfWork, Units, within_every_unit
from .accounts.actor import Actor

KEPT_FOR = timedelta(hours=24)
LEASE = timedelta(minutes=2)
"""After so long, work of another server that had no effect yet is taken to be dead; longer than any run."""
WAIT_S = 15.0
_POLL_S = 0.05


class IdempotencyKey(HasId, HasCreatedAt, Base):
    """A claim of a person on a key; `answer` once there is one."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("user_id", "key"), Index(None, "expires_at"))

    user_id: Mapped[str] = mapped_column(Id(), ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str]
    request: Mapped[str]
    """SHA-256 of what was asked."""
    server: Mapped[str] = mapped_column(Id())
    has_effect: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[dict[str, Any] | None]
    expires_at: Mapped[datetime]


@dataclass(frozen=True)
class Replay:
    """What `once` gives: the answer, and whether it is one that was given before."""

    answer: dict[str, Any]
    is_again: bool


class Idempotency:
    """Does the work of a key once."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._server = new_id()
        self._working: set[str] = set()

    async def once(
        self, actor: Actor, key: str, request: bytes, work: Callable[[], Awaitable[dict[str, Any]]]
    ) -> Replay:
        """The answer of `work`, or the one it gave when the actor came with this key before.

        Raises KeyReusedError if that was another request, ConflictError while its answer is not known.
        """
        digest = sha256(request).hexdigest()
        deadline = asyncio.get_running_loop().time() + WAIT_S
        while True:
            claim = await self._claim(actor, key, digest)
            if isinstance(claim, Replay):
                return claim
            if claim is not None:
                return Replay(await self._work(claim, work), is_again=False)
            if asyncio.get_running_loop().time() > deadline:
                raise ConflictError("The first request with this key is still being worked on. Try again in a moment.")
            await asyncio.sleep(_POLL_S)

    async def prune(self) -> int:
        """Delete the keys that are kept no longer; returns how many."""
        return await prune(self._units, IdempotencyKey, IdempotencyKey.expires_at <= self._units.now)

    async def _work(self, claim_id: str, work: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        async def mark(unit: UnitOfWork) -> None:
            await unit.db.execute(update(IdempotencyKey).where(IdempotencyKey.id == claim_id).values(has_effect=True))

        try:
            try:
                with within_every_unit(mark):
                    answer = await work()
            except DatabaseUnavailableError:
                await self._release(claim_id, IdempotencyKey.has_effect.is_(False))  # a commit may have been made
                raise
            except CodeWithMeError:
                await self._release(claim_id)  # refused, so that the same may be tried again
                raise
            async with self._units.begin() as unit:
                await unit.db.execute(
                    update(IdempotencyKey).where(IdempotencyKey.id == claim_id).values(answer=answer, has_effect=True)
                )
        finally:
            self._working.discard(claim_id)
        return answer

    async def _release(self, claim_id: str, *only: ColumnElement[bool]) -> None:
        async with self._units.begin() as unit:
            await unit.db.execute(delete(IdempotencyKey).where(IdempotencyKey.id == claim_id, *only))

    async def _claim(self, actor: Actor, key: str, request: str) -> str | Replay | None:
        """The id of a claim to work on, the answer of one that is done, or None while somebody else works."""
        claim_id = new_id()
        self._working.add(claim_id)  # before anybody can see the row, and take it for that of a dead server
        try:
            async with self._units.begin() as unit:
                mine = IdempotencyKey.user_id == actor.person_id
                await unit.db.execute(delete(IdempotencyKey).where(mine, IdempotencyKey.expires_at <= unit.now))
                row = await unit.db.scalar(
                    select(IdempotencyKey).where(mine, IdempotencyKey.key == key).with_for_update()
                )
                found: str | Replay | None = claim_id
                if row is None:
                    unit.db.add(
                        IdempotencyKey(
                            id=claim_id,
                            user_id=actor.person_id,
                            key=key,
                            request=request,
                            server=self._server,
                            created_at=unit.now,
                            expires_at=unit.now + KEPT_FOR,
                        )
                    )
                else:
                    found = self._known(row, request, claim_id, unit.now)
        except IntegrityError:
            self._working.discard(claim_id)
            return None  # two came at once, and the other one was first
        except Exception:
            self._working.discard(claim_id)
            raise
        if found != claim_id:
            self._working.discard(claim_id)
        return found

    def _known(self, row: IdempotencyKey, request: str, claim_id: str, now: datetime) -> str | Replay | None:
        if row.request != request:
            raise KeyReusedError("This key was sent with another request. Take a new key for each new thing.")
        if row.answer is not None:
            return Replay(row.answer, is_again=True)
        is_alive = row.id in self._working if row.server == self._server else now < row.created_at + LEASE
        if is_alive:
            return None
        if row.has_effect:
            raise ConflictError("This was done, and its answer was lost. Read it back instead of sending it again.")
        row.id, row.server, row.created_at = claim_id, self._server, now
        return claim_id
