"""Sessions on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from ..roles import Role
from ..wire import (
    Cursor,
    InDigits,
    LanguageId,
    Line,
    Markdown,
    Moment,
    Sequence,
    SessionPassword,
    Shape,
    Text,
    Title,
)
from .models import FreezeReason, SessionStatus

Description = Annotated[Line, StringConstraints(max_length=500)]
WaitingRoomMessage = Annotated[Text, StringConstraints(max_length=500)]


class SessionCreation(Shape):
    """POST sessions."""

    title: Title
    description: Description = ""
    language: LanguageId = "python"
    password: SessionPassword | None = None
    problem_statement: Markdown = ""


class SessionChanges(Shape):
    """PATCH sessions/:id; only the fields that are there change. `password` null takes the password off."""

    title: Title | None = None
    description: Description | None = None
    problem_statement: Markdown | None = None
    language: LanguageId | None = None
    password: SessionPassword | None = None
    auto_admit: bool | None = None
    waiting_room_message: WaitingRoomMessage | None = None
    status: SessionStatus | None = None

    def given(self) -> dict[str, Any]:
        """The fields the request named; null counts only for the password."""
        named = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: value for name, value in named.items() if value is not None or name == "password"}


class FreezeWish(Shape):
    """POST sessions/:id/freeze; `time_up` says that the interview's time is over rather than that somebody has a word to say."""

    reason: FreezeReason = FreezeReason.FROZEN


class Freeze(Shape):
    """Who froze the editor, when, and why."""

    at: datetime
    by_id: str | None
    by_name: str
    reason: FreezeReason


class SessionsQuery(Shape):
    """Of GET sessions."""

    status: SessionStatus | None = None
    """Only those in this state."""
    role: Role | None = None
    """The asker's own."""
    language: LanguageId | None = None
    """Only those in this language."""
    created_from: Moment | None = None
    """Only those made then or later."""
    created_before: Moment | None = None
    """Only those made before."""
    q: Annotated[Text, StringConstraints(max_length=200)] = ""
    """Words that are all in the title or the description, in any case."""
    limit: Annotated[int, Field(ge=1, le=200), InDigits] = 50
    """How many a page has at most."""
    after: Cursor | None = None
    """`next` of the page before."""


class ActivityQuery(Shape):
    """Of GET sessions/:id/activity: what is after a sequence, or the last of what is before one."""

    after: Sequence | None = None
    """Only what is newer than this `sequence`, oldest first; from the beginning when neither is given."""
    before: Sequence | None = None
    """The last that is older than this `sequence`."""
    limit: Annotated[int, Field(ge=1, le=500), InDigits] = 100
    """How many a page has at most."""


class Participant(Shape):
    """Somebody admitted, as the others see them. `color` is 0 to 7."""

    user_id: str
    name: str
    role: Role
    color: int
    is_online: bool
    joined_at: datetime | None


class SessionSummary(Shape):
    """One of my sessions in a list."""

    id: str
    title: str
    description: str
    language: str
    status: SessionStatus
    host_id: str
    host_name: str
    has_password: bool
    role: Role
    participants: int
    waiting: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class SessionPage(Shape):
    """GET sessions: newest first; `next` is the cursor for `after`, null on the last page."""

    sessions: list[SessionSummary]
    next: str | None


class Session(Shape):
    """A session as an admitted participant sees it; `role` is the reader's own, `folder` its contents path.

    While the editor is `frozen`, candidates and observers neither edit nor run.
    """

    id: str
    version: int
    """Counts changes of the settings; the ETag of HTTP."""
    title: str
    description: str
    language: str
    status: SessionStatus
    host_id: str
    host_name: str
    has_password: bool
    auto_admit: bool
    waiting_room_message: str
    problem_statement: str
    role: Role
    folder: str
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    frozen: Freeze | None
    participants: list[Participant]


class SessionAnswer(Shape):
    """One session."""

    session: Session

    @property
    def etag(self) -> str:
        """What If-Match compares: it stands for the settings, not for who is here."""
        return f'"{self.session.version}"'


class Door(Shape):
    """All that somebody who is not inside may know: where they stand, who invites, and the host's word to them."""

    id: str
    state: Literal["waiting", "admitted", "rejected", "removed", "left", "ended"]
    role: Role
    host_name: str
    host_is_online: bool
    waiting_room_message: str
    message: str
    requested_at: datetime
    """Since when the person has waited."""


class EnteredSession(Session, Door):
    """POST sessions/join by somebody already inside: the door, and the session behind it."""


class JoinAnswer(Shape):
    """POST sessions/join: the whole session only for somebody already inside."""

    session: EnteredSession | Door


class Activity(Shape):
    """One line of the activity log."""

    sequence: int
    type: str
    userId: str | None
    username: str
    at: datetime
    data: dict[str, Any]


class ActivityPage(Shape):
    """GET sessions/:id/activity: in order; `next` is the sequence to ask `after` (or `before`, when reading backwards)."""

    activity: list[Activity]
    next: int | None
