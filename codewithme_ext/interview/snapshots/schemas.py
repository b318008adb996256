"""Snapshots on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from ..wire import InDigits, LanguageId, Line, Sequence, Shape, Text
from .models import SnapshotReason

Source = Annotated[Text, StringConstraints(max_length=1_000_000)]
Message = Annotated[Line, StringConstraints(max_length=200)]


class SnapshotWish(Shape):
    """POST sessions/:id/snapshots.

    Without `content` the files are taken as everybody's editors show them now; with it, it stands for the file that
    `language` starts with. `language` is the interview's unless given.
    """

    content: Source | None = None
    language: LanguageId | None = None
    message: Message = ""


class SnapshotsQuery(Shape):
    """Of GET sessions/:id/snapshots."""

    before: Sequence | None = None
    """Only those older than this `sequence`: `next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=100), InDigits] = 20
    """How many a page has at most."""


class SnapshotSummary(Shape):
    """`snapshot-saved`, and what every answer says of a snapshot."""

    id: str
    sequence: int
    reason: SnapshotReason
    message: str
    language: str
    fileCount: int
    userId: str | None
    username: str
    createdAt: datetime


class Snapshot(SnapshotSummary):
    """A snapshot; `content` is the text of the file that its language starts with."""

    content: str


class SnapshotPage(Shape):
    """GET sessions/:id/snapshots, newest first; `next` is the sequence to ask `before`."""

    snapshots: list[Snapshot]
    next: int | None


class SnapshotFiles(Snapshot):
    """GET sessions/:id/snapshots/:sid: with all files, by their path in the session's folder."""

    files: dict[str, str]


class SnapshotAnswer(Shape):
    """POST sessions/:id/snapshots."""

    snapshot: Snapshot


class SnapshotFilesAnswer(Shape):
    """GET sessions/:id/snapshots/:sid."""

    snapshot: SnapshotFiles


class FilesNow(Shape):
    """GET sessions/:id/snapshots/now: what a snapshot saved at this moment would hold."""

    files: dict[str, str]


class Restoration(Shape):
    """POST sessions/:id/snapshots/:sid/restore: what was restored, and the snapshot that has what was there before."""

    snapshot: SnapshotSummary
    before: SnapshotSummary


class SnapshotRestored(Shape):
    """`snapshot-restored`."""

    snapshotId: str
    message: str
    beforeId: str
    userId: str | None
    username: str
