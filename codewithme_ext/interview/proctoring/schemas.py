"""Proctoring on the wire."""

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from ..wire import Cursor, InDigits, Shape, Text
from .models import ProctoringEventType

MAX_BATCH = 100
MAX_DATA_BYTES = 4096


def _small(data: dict[str, Any]) -> dict[str, Any]:
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, UnicodeEncodeError, RecursionError):
        raise PydanticCustomError("event_data", "must be JSON of valid Unicode text") from None
    if len(text) > MAX_DATA_BYTES:
        raise PydanticCustomError("event_data", "must have {most} bytes at most as JSON", {"most": MAX_DATA_BYTES})
    if "\\u0000" in text.decode():
        raise PydanticCustomError("nul_character", "must not contain the NUL character")
    return data


class Observation(Shape):
    """One observation; `sequence` counts from 1 for this person in this session, over reloads too."""

    sequence: Annotated[int, Field(ge=1, le=2**31 - 1)]
    event_type: ProctoringEventType
    event_data: Annotated[dict[str, Any], Field(default_factory=dict), AfterValidator(_small)]


class Observations(Shape):
    """POST sessions/:id/proctoring. Whose they are and when they came in, the server says."""

    events: Annotated[list[Observation], Field(min_length=1, max_length=MAX_BATCH)]


class Receipt(Shape):
    """How many were new, and the highest `sequence` that is kept of this person: count on from there."""

    recorded: int
    last_sequence: int


class ProctoringQuery(Shape):
    """Of GET sessions/:id/proctoring."""

    user_id: Annotated[Text, StringConstraints(max_length=100)] | None = None
    """Only this person's."""
    event_type: ProctoringEventType | None = None
    """Only of this kind."""
    after: Cursor | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=500), InDigits] = 100
    """How many a page has at most."""


class ProctoringEvent(Shape):
    """A line of the timeline; `missing_before`: how many of this person's observations before it never came in."""

    id: str
    user_id: str
    username: str
    sequence: int
    missing_before: int
    event_type: ProctoringEventType
    event_data: dict[str, Any]
    timestamp: datetime


class ProctoringPage(Shape):
    """GET sessions/:id/proctoring, in the order in which they came in."""

    events: list[ProctoringEvent]
    next: str | None
