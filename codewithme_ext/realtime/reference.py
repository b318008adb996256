"""Every live event, in both directions, with its shape: what the reference says, and a test holds against the code."""

import inspect
from collections.abc import Iterator

from ..events.types import EVENT_TYPES, Audience
from ..interview.chat.schemas import ChatMessage, ChatWish
from ..interview.execution.schemas import Execution, RunPointer, RunRequest, Started, TypedText
from ..interview.files.schemas import FilesChanged
from ..interview.sessions.schemas import Activity, Session
from ..interview.snapshots.schemas import SnapshotRestored, SnapshotSummary
from ..interview.wire import Shape
from . import messages, protocol
from .namespace import InterviewNamespace

SENT: dict[str, type[Shape]] = {
    "join-session": protocol.JoinSession,
    "leave-session": protocol.LeaveSession,
    "admit-participant": protocol.Person,
    "reject-participant": protocol.Person,
    "remove-participant": protocol.Person,
    "set-auto-admit": protocol.AutoAdmit,
    "signal": protocol.Signal,
    "chat-message": ChatWish,
    "language-change": protocol.LanguageChange,
    "run-code": RunRequest,
    "run-stop": RunPointer,
    "run-input": TypedText,
}
"""By clients."""
ACKNOWLEDGED: dict[str, type[Shape]] = {"chat-message": ChatMessage, "run-code": Started}
"""`data` of the acknowledgement, where there is any beside `join-session`'s {sessionId, state, role}."""
RECEIVED: dict[str, tuple[str, type[Shape]]] = {
    "admission-status": ("that person", messages.AdmissionStatus),
    "session-state": ("that connection, once it is inside", messages.SessionState),
    "user-joined": ("the others inside", messages.PersonMessage),
    "user-left": ("the others inside", messages.PersonMessage),
    "waiting-room-list": ("those who may admit; a list of", messages.WaitingEntry),
    "participants": ("everyone inside", messages.Participants),
    "session-updated": ("everyone inside", Session),
    "session-ended": ("everyone inside and who waits", messages.SessionMoment),
    "session-deleted": ("everyone who follows it", messages.SessionPointer),
    "sessions-changed": ("everybody in it, wherever they are", messages.SessionPointer),
    "chat-message": ("everyone inside", ChatMessage),
    "language-change": ("everyone inside", messages.LanguageMessage),
    "run-started": ("everyone inside", messages.RunStarted),
    "run-queued": ("everyone inside", messages.RunQueued),
    "run-output": ("everyone inside", messages.RunOutput),
    "run-input": ("everyone inside", messages.RunInput),
    "run-code": ("everyone inside", Execution),
    "files-changed": ("everyone inside", FilesChanged),
    "snapshot-saved": ("everyone inside", SnapshotSummary),
    "snapshot-restored": ("everyone inside", SnapshotRestored),
    "activity": ("everyone inside, or those who hold the interview", Activity),
}
"""By whom, and what."""


def live_events() -> Iterator[str]:
    """The chapter of the reference, as lines of Markdown."""
    yield "Socket.IO at `{base_url}socket.io/`, namespace `/`, for stock clients. Connect with `auth: {token}`, an access token;"
    yield "a bad one is a `connect_error`. Every message is acknowledged with `{status: 'success', data?}` or HTTP's error shape."
    yield ""
    yield "| client sends | | what it does | acknowledged with |\n|---|---|---|---|"
    for name, shape in SENT.items():
        about = (getattr(InterviewNamespace, f"on_{name.replace('-', '_')}").__doc__ or "").strip()
        answer = _link(ACKNOWLEDGED[name]) if name in ACKNOWLEDGED else ""
        yield f"| `{name}` | {_link(shape)} | {about} | {answer} |"
    yield ""
    yield "| server sends | | to |\n|---|---|---|"
    for name, (to, shape) in RECEIVED.items():
        yield f"| `{name}` | {_link(shape)} | {to} |"
    yield "| `signal` | {from, signal, username, userId} | the one connection it is for |"
    yield ""


def activity_types() -> Iterator[str]:
    """The chapter on what the activity log says, as lines of Markdown."""
    yield "What `GET sessions/:id/activity` and the live event `activity` tell: `type`, and what is in `data`."
    yield ""
    yield "| type | what happened | data | told to |\n|---|---|---|---|"
    for event in EVENT_TYPES:
        if event.recorded:
            about = " ".join((inspect.getdoc(event) or "").split())
            data = ", ".join(event.wire_names().values())
            to = "everyone inside" if event.audience is Audience.EVERYONE else "those who hold the interview"
            yield f"| `{event.type}` | {about} | {data} | {to} |"
    yield ""


def _link(shape: type[Shape]) -> str:
    return f"[{shape.__name__}](#{shape.__name__.lower()})"
