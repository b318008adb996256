"""What the server sends over Socket.IO (spec, section 8), as shapes; the front end's types are generated from them."""

from datetime import datetime
from typing import Literal

from ..interview.roles import Role
from ..interview.sessions.schemas import Session
from ..interview.wire import Shape

OutState = Literal["rejected", "removed", "left", "ended"]
"""How somebody came to be outside."""


class AdmissionStatus(Shape):
    """`admission-status`: where the receiver stands with a session."""

    sessionId: str
    admitted: bool
    isHost: bool
    role: Role | None
    state: Literal["waiting", "admitted"] | OutState
    waitingForHost: bool
    message: str


class ParticipantEntry(Shape):
    """Somebody inside; `color` is 0 to 7."""

    userId: str
    username: str
    role: Role
    color: int
    isOnline: bool
    joinedAt: datetime | None


class Participants(Shape):
    """`participants`: everybody inside."""

    participants: list[ParticipantEntry]


class WaitingEntry(Shape):
    """One line of `waiting-room-list`; `socketId` is null while the person's page is closed."""

    socketId: str | None
    userId: str
    username: str
    role: Role
    requestedAt: datetime
    isOnline: bool


class SessionState(Shape):
    """`session-state`: everything at the moment of joining, true for the activity up to `lastSequence`."""

    session: Session
    participants: list[ParticipantEntry]
    waiting: list[WaitingEntry] | None
    """Null for those who may not admit."""
    lastSequence: int
    serverTime: datetime
    """Now, as the server has it: a browser whose clock is wrong counts from here how long the interview lasts."""


class SessionMoment(Shape):
    """`session-ended`."""

    sessionId: str
    userId: str | None
    username: str
    at: datetime


class SessionPointer(Shape):
    """`session-deleted` and `sessions-changed`."""

    sessionId: str


class PersonMessage(Shape):
    """`user-joined` and `user-left`."""

    userId: str
    username: str
    socketId: str


class LanguageMessage(Shape):
    """`language-change`."""

    language: str
    userId: str | None
    username: str


class RunStarted(Shape):
    """`run-started`; into an interactive run people type with `run-input`."""

    executionId: str
    language: str
    entry: str
    userId: str | None
    username: str
    isInteractive: bool
    startedAt: datetime


class RunOutput(Shape):
    """`run-output`: a piece of what the program prints."""

    executionId: str
    stream: Literal["stdout", "stderr"]
    text: str


class RunQueued(Shape):
    """`run-queued`: the run waits for a free container; place 1 is next, and 0 when it begins."""

    executionId: str
    place: int


class RunInput(Shape):
    """`run-input`: what somebody typed into the running program."""

    executionId: str
    text: str
    isLast: bool
    userId: str | None
    username: str
