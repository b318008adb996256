"""Documents and their histories on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from ..wire import InDigits, Shape
from .models import DocumentKind, UpdateKind

UpdateNumber = Annotated[int, Field(ge=0, le=2**53), InDigits]
"""A place in a document's history."""


class DocumentAuthor(Shape):
    """Somebody who changed a document, and in how many updates."""

    name: str
    updates: int


class DocumentSummary(Shape):
    """A line of GET sessions/:id/documents; `retiredAt` since when it is no longer the document at its path."""

    id: str
    path: str
    kind: DocumentKind
    updates: int
    createdAt: datetime
    changedAt: datetime | None
    retiredAt: datetime | None
    damage: str | None
    authors: list[DocumentAuthor]


class DocumentList(Shape):
    """GET sessions/:id/documents, by path; files that nobody has opened have no document yet."""

    documents: list[DocumentSummary]


class HistoryQuery(Shape):
    """Of GET sessions/:id/documents/:path/history: from the keyframe before a sequence on, or what comes after one."""

    start: Annotated[UpdateNumber | None, Field(alias="from")] = None
    """Begin with the last whole state before this `sequence`."""
    after: UpdateNumber | None = None
    """Only updates newer than this `sequence`."""
    limit: Annotated[int, Field(ge=1, le=5000), InDigits] = 1000
    """How many a page has at most."""


class HistoryUpdate(Shape):
    """One update, in base64 as Yjs encodes it (version 1). `bookkeeping` ones change nothing of the content."""

    sequence: int
    at: datetime
    authorId: str | None
    authorName: str
    kind: UpdateKind
    update: str


class HistoryKeyframe(Shape):
    """The whole state after a sequence, in base64 as one Yjs update."""

    sequence: int
    update: str


class HistoryPage(Shape):
    """GET sessions/:id/documents/:path/history, in order; apply `keyframe` and then every update to an empty Yjs document."""

    document: str
    path: str
    kind: DocumentKind
    keyframe: HistoryKeyframe | None
    updates: list[HistoryUpdate]
    next: int | None


class TextQuery(Shape):
    """Of GET sessions/:id/documents/:path/text: after an update, at a time, or as it is now."""

    sequence: UpdateNumber | None = None
    """As it was after this update."""
    at: datetime | None = None
    """As it was at this time."""

    @model_validator(mode="after")
    def _one_moment(self) -> Self:
        if self.sequence is not None and self.at is not None:
            raise ValueError("give sequence or at, not both")
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError("at needs a time zone, such as 2026-05-01T10:00:00Z")
        return self


class DocumentText(Shape):
    """GET sessions/:id/documents/:path/text; `damage` says what could not be read after `sequence`, if anything."""

    document: str
    path: str
    kind: DocumentKind
    sequence: int
    text: str
    damage: str | None
