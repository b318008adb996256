"""Chat on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from ..wire import InDigits, Sequence, Shape, Text


class ChatWish(Shape):
    """`chat-message` from a client; `key` makes a retry harmless."""

    text: Annotated[Text, StringConstraints(min_length=1, max_length=4000)]
    key: Annotated[Text, StringConstraints(min_length=1, max_length=64)] | None = None


class ChatQuery(Shape):
    """Of GET sessions/:id/chat: those after a sequence, or the last ones before one."""

    after: Sequence | None = None
    """Only those newer than this `sequence`, oldest first."""
    before: Sequence | None = None
    """The last ones older than this `sequence`."""
    limit: Annotated[int, Field(ge=1, le=500), InDigits] = 100
    """How many a page has at most."""


class ChatMessage(Shape):
    """`chat-message` to everyone, and a line of GET sessions/:id/chat."""

    id: str
    sequence: int
    userId: str
    username: str
    text: str
    timestamp: datetime
    key: str | None


class ChatAnswer(Shape):
    """POST sessions/:id/chat."""

    message: ChatMessage


class ChatPage(Shape):
    """GET sessions/:id/chat, in order; `next` is the sequence to ask `after` (or `before`, when reading backwards)."""

    messages: list[ChatMessage]
    next: int | None
