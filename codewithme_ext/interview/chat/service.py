"""Sending chat messages and reading them back."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ...errors import FieldProblem, InvalidInputError, NotPermittedError
from ...events.types import ChatMessageSent
from ...storage.base import new_id
from ...storage.unit_of_work import Units
from ..accounts.actor import Actor
from ..rate_limits import RateLimits
from ..roles import Capability
from ..sessions.access import enter
from . import schemas
from .models import ChatMessage


class ChatService:
    """Use cases of the chat."""

    def __init__(self, units: Units, *, limits: RateLimits, is_enabled: bool = True) -> None:
        self._units = units
        self._limits = limits
        self._is_enabled = is_enabled

    async def send(self, actor: Actor, session_id: str, wish: schemas.ChatWish) -> schemas.ChatMessage:
        """Write to everyone. The same key again is the same message: it is kept and told once."""
        if not self._is_enabled:
            raise NotPermittedError("Chat is switched off on this server.")
        if not wish.text.strip():
            raise InvalidInputError(
                "The message is empty. Write something first.", [FieldProblem("text", "must not be empty")]
            )
        await self._limits.chat(actor)
        try:
            return await self._send(actor, session_id, wish)
        except IntegrityError:
            # The same key arrived twice at once; the one that was first is the message.
            return await self._send(actor, session_id, wish)

    async def history(
        self, actor: Actor, session_id: str, *, after: int | None, before: int | None, limit: int
    ) -> schemas.ChatPage:
        """Messages in order: those after a sequence, or the last ones before one (the newest when neither is given)."""
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.VIEW)
            query = select(ChatMessage).where(ChatMessage.session_id == session.id)
            if after is not None:
                query = query.where(ChatMessage.sequence > after).order_by(ChatMessage.sequence)
            else:
                query = query.order_by(ChatMessage.sequence.desc())
                if before is not None:
                    query = query.where(ChatMessage.sequence < before)
            rows = (await db.scalars(query.limit(limit + 1))).all()
        shown = rows[:limit]
        more = shown[-1].sequence if len(rows) > limit else None
        in_order = shown if after is not None else shown[::-1]
        return schemas.ChatPage(messages=[_view(row) for row in in_order], next=more)

    async def _send(self, actor: Actor, session_id: str, wish: schemas.ChatWish) -> schemas.ChatMessage:
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.CHAT)
            if wish.key is not None:
                known = await unit.db.scalar(
                    select(ChatMessage).where(
                        ChatMessage.session_id == session.id,
                        ChatMessage.user_id == actor.person_id,
                        ChatMessage.key == wish.key,
                    )
                )
                if known is not None:
                    return _view(known)
            message_id = new_id()
            sequence = await unit.emit(
                ChatMessageSent(
                    session_id=session.id,
                    actor_id=actor.user_id,
                    actor_name=actor.name,
                    message_id=message_id,
                    text=wish.text,
                    key=wish.key,
                )
            )
            message = ChatMessage(
                id=message_id,
                session_id=session.id,
                sequence=sequence,
                user_id=actor.person_id,
                username=actor.name,
                text=wish.text,
                key=wish.key,
                created_at=unit.now,
            )
            unit.db.add(message)
            return _view(message)


def _view(message: ChatMessage) -> schemas.ChatMessage:
    return schemas.ChatMessage(
        id=message.id,
        sequence=message.sequence,
        userId=message.user_id,
        username=message.username,
        text=message.text,
        timestamp=message.created_at,
        key=message.key,
    )
