"""Everything that can happen in an interview, in the past tense, and who may learn of it.

An event carries new values, never increments, so that hearing it twice or late does no harm. Who did it (`actor_id`,
`actor_name`) is what the server knows, never what a client said.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal


class Audience(StrEnum):
    """Who may learn of an event."""

    EVERYONE = "everyone"
    """Every admitted participant."""
    HOSTS = "hosts"
    """The host and the interviewers."""
    NOBODY = "nobody"
    """Only the server's own subscribers."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events."""

    type: ClassVar[str]
    audience: ClassVar[Audience]
    recorded: ClassVar[bool] = True
    """Whether the activity log keeps it."""

    session_id: str
    actor_id: str | None
    actor_name: str

    def data(self) -> dict[str, Any]:
        """What the event says beside who and where, as JSON values under the wire's camelCase names."""
        return {name: _plain(getattr(self, field)) for field, name in self.wire_names().items()}

    @classmethod
    def wire_names(cls) -> dict[str, str]:
        """The fields of its own and what they are called in `data`."""
        common = {f.name for f in fields(Event)}
        return {f.name: _camel(f.name) for f in fields(cls) if f.name not in common}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True, kw_only=True)
class SessionCreated(Event):
    """A host created the interview."""

    type = "session-created"
    audience = Audience.EVERYONE
    title: str


@dataclass(frozen=True, kw_only=True)
class SessionUpdated(Event):
    """The host changed the interview's title, problem or other settings; `changed` names the fields."""

    type = "session-updated"
    audience = Audience.EVERYONE
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LanguageChanged(Event):
    """Somebody chose another language for the interview."""

    type = "language-changed"
    audience = Audience.EVERYONE
    language: str


@dataclass(frozen=True, kw_only=True)
class SessionStarted(Event):
    """The host entered for the first time: the interview is live."""

    type = "session-started"
    audience = Audience.EVERYONE


@dataclass(frozen=True, kw_only=True)
class EditingFrozen(Event):
    """Candidates and observers only read from now on; `reason` is `frozen`, or `time_up` at the end of the interview's time."""

    type = "editing-frozen"
    audience = Audience.EVERYONE
    reason: Literal["frozen", "time_up"]


@dataclass(frozen=True, kw_only=True)
class EditingUnfrozen(Event):
    """Everybody writes and runs again as their role says."""

    type = "editing-unfrozen"
    audience = Audience.EVERYONE


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Event):
    """The interview ended for everyone; the code stays as it is."""

    type = "session-ended"
    audience = Audience.EVERYONE


@dataclass(frozen=True, kw_only=True)
class SessionDeleted(Event):
    """The interview and everything in it is gone; `user_ids` are the people it concerned."""

    type = "session-deleted"
    audience = Audience.NOBODY
    recorded = False
    user_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class InvitationCreated(Event):
    """A link was made that lets people ask to join."""

    type = "invitation-created"
    audience = Audience.HOSTS
    invitation_id: str
    role: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class InvitationRevoked(Event):
    """A link stopped working."""

    type = "invitation-revoked"
    audience = Audience.HOSTS
    invitation_id: str


@dataclass(frozen=True, kw_only=True)
class ParticipantWaiting(Event):
    """Somebody asked to join and waits to be admitted."""

    type = "participant-waiting"
    audience = Audience.HOSTS
    user_id: str
    username: str
    role: str


@dataclass(frozen=True, kw_only=True)
class ParticipantAdmitted(Event):
    """Somebody was let in, by a person or by auto-admit."""

    type = "participant-admitted"
    audience = Audience.EVERYONE
    user_id: str
    username: str
    role: str


@dataclass(frozen=True, kw_only=True)
class ParticipantRejected(Event):
    """Somebody who waited was refused; `message` is the host's word to them."""

    type = "participant-rejected"
    audience = Audience.HOSTS
    user_id: str
    username: str
    message: str


@dataclass(frozen=True, kw_only=True)
class ParticipantRemoved(Event):
    """Somebody who was in was put out."""

    type = "participant-removed"
    audience = Audience.EVERYONE
    user_id: str
    username: str
    message: str


@dataclass(frozen=True, kw_only=True)
class ParticipantRoleChanged(Event):
    """Somebody inside became an interviewer, candidate or observer."""

    type = "participant-role-changed"
    audience = Audience.EVERYONE
    user_id: str
    username: str
    role: str


@dataclass(frozen=True, kw_only=True)
class ParticipantLeft(Event):
    """Somebody left by choice; they wait again if they come back."""

    type = "participant-left"
    audience = Audience.EVERYONE
    user_id: str
    username: str
    was_admitted: bool


@dataclass(frozen=True, kw_only=True)
class ParticipantOnline(Event):
    """The first live connection of an admitted person opened."""

    type = "participant-online"
    audience = Audience.EVERYONE
    recorded = False
    user_id: str
    username: str
    connection_id: str


@dataclass(frozen=True, kw_only=True)
class ParticipantOffline(Event):
    """The last live connection of an admitted person closed, be it for the moment that a reload takes."""

    type = "participant-offline"
    audience = Audience.EVERYONE
    recorded = False
    user_id: str
    username: str
    connection_id: str


@dataclass(frozen=True, kw_only=True)
class ParticipantConnected(Event):
    """An admitted person came, for the first time or after having been away."""

    type = "participant-connected"
    audience = Audience.EVERYONE
    user_id: str
    username: str


@dataclass(frozen=True, kw_only=True)
class ParticipantDisconnected(Event):
    """An admitted person has been away, since `since`, for longer than a reload takes."""

    type = "participant-disconnected"
    audience = Audience.EVERYONE
    user_id: str
    username: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class ChatMessageSent(Event):
    """Somebody wrote to everyone."""

    type = "chat-message-sent"
    audience = Audience.EVERYONE
    message_id: str
    text: str
    key: str | None


@dataclass(frozen=True, kw_only=True)
class ExecutionStarted(Event):
    """Somebody pressed Run."""

    type = "execution-started"
    audience = Audience.EVERYONE
    execution_id: str
    language: str
    entry: str
    is_interactive: bool
    started_at: datetime


@dataclass(frozen=True, kw_only=True)
class ExecutionQueued(Event):
    """A run waits for a free container; `place` 1 is next, and 0 when it begins."""

    type = "execution-queued"
    audience = Audience.EVERYONE
    recorded = False
    execution_id: str
    place: int


@dataclass(frozen=True, kw_only=True)
class ExecutionInput(Event):
    """Somebody typed into a running program."""

    type = "execution-input"
    audience = Audience.EVERYONE
    recorded = False
    execution_id: str
    text: str
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class ExecutionOutput(Event):
    """A piece of what a running program prints, as it comes."""

    type = "execution-output"
    audience = Audience.EVERYONE
    recorded = False
    execution_id: str
    stream: Literal["stdout", "stderr"]
    text: str


@dataclass(frozen=True, kw_only=True)
class ExecutionFinished(Event):
    """A run ended; `result` is the wire's execution (see `interview/execution/schemas.py`)."""

    type = "execution-finished"
    audience = Audience.EVERYONE
    execution_id: str
    result: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class FilesChanged(Event):
    """Somebody made, overwrote, renamed or deleted a file or folder; `change` says which. Typing is no change of this kind."""

    type = "files-changed"
    audience = Audience.EVERYONE
    change: Literal["created", "changed", "renamed", "deleted"]
    path: str
    old_path: str | None


@dataclass(frozen=True, kw_only=True)
class SnapshotSaved(Event):
    """The session's files were kept as they were, by somebody or by themselves; `reason` says which (snapshots/models.py)."""

    type = "snapshot-saved"
    audience = Audience.EVERYONE
    snapshot_id: str
    reason: str
    message: str
    language: str
    file_count: int


@dataclass(frozen=True, kw_only=True)
class SnapshotRestored(Event):
    """Somebody brought a snapshot back for everyone; `before_id` has what was there until then."""

    type = "snapshot-restored"
    audience = Audience.EVERYONE
    snapshot_id: str
    message: str
    before_id: str


@dataclass(frozen=True, kw_only=True)
class LogInsEnded(Event):
    """Log-ins of the actor ended, of no session in particular: connections that came by them are cut."""

    type = "log-ins-ended"
    audience = Audience.NOBODY
    recorded = False
    device_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DocumentConflict(Event):
    """A file and its document were both changed; the document stands, the file's content is kept beside it as `kept_as`."""

    type = "document-conflict"
    audience = Audience.EVERYONE
    path: str
    kept_as: str


@dataclass(frozen=True, kw_only=True)
class DocumentQuarantined(Event):
    """A document's history is damaged and was set aside; what could be read of it is kept beside the file as `kept_as`."""

    type = "document-quarantined"
    audience = Audience.HOSTS
    path: str
    reason: str
    kept_as: str


@dataclass(frozen=True, kw_only=True)
class QuestionChanged(Event):
    """A question was asked, changed or deleted (`change`); what it says, everybody reads as far as they may."""

    type = "question-changed"
    audience = Audience.EVERYONE
    question_id: str
    title: str
    change: str


@dataclass(frozen=True, kw_only=True)
class ResultRecorded(Event):
    """A program was handed in and judged; `user_id` is whose it is."""

    type = "result-recorded"
    audience = Audience.HOSTS
    result_id: str
    question_id: str
    user_id: str
    username: str
    passed_tests: int
    total_tests: int
    score: float
    max_score: float


@dataclass(frozen=True, kw_only=True)
class ResultScored(Event):
    """Somebody scored a result by hand."""

    type = "result-scored"
    audience = Audience.HOSTS
    result_id: str
    score: float
    code_quality: int | None


@dataclass(frozen=True, kw_only=True)
class ProctoringObserved(Event):
    """A candidate's browser observed something; the timeline keeps it, so the activity does not."""

    type = "proctoring-observed"
    audience = Audience.HOSTS
    recorded = False
    events: tuple[dict[str, Any], ...]


EVENT_TYPES: tuple[type[Event], ...] = tuple(Event.__subclasses__())
"""Every event there is; a test walks them."""
