"""Writes every shape of the wire as one JSON Schema, from which the front end's types are generated.

`python -m codewithme_ext.wire_schema FILE` writes it; a test holds the file in the repository against it.
"""

import json
import sys
from pathlib import Path
from typing import Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from .interview.accounts import schemas as accounts
from .interview.admission import schemas as admission
from .interview.chat import schemas as chat
from .interview.execution import schemas as execution
from .interview.files import schemas as files
from .interview.sessions import schemas as sessions
from .interview.snapshots import schemas as snapshots
from .realtime import messages, protocol

SENT_BY_CLIENTS: tuple[type[BaseModel], ...] = (
    accounts.Registration,
    accounts.Credentials,
    accounts.RefreshRequest,
    admission.InvitationCreation,
    admission.JoinRequest,
    admission.Acceptance,
    admission.WordTo,
    chat.ChatWish,
    execution.RunRequest,
    execution.ExecuteRequest,
    execution.RunPointer,
    execution.TypedText,
    sessions.SessionCreation,
    sessions.SessionChanges,
    sessions.FreezeWish,
    snapshots.SnapshotWish,
    protocol.JoinSession,
    protocol.LeaveSession,
    protocol.Person,
    protocol.AutoAdmit,
    protocol.LanguageChange,
    protocol.Signal,
)
SENT_BY_SERVER: tuple[type[BaseModel], ...] = (
    accounts.UserView,
    accounts.Grant,
    accounts.AccessToken,
    admission.Invitation,
    admission.Waiting,
    chat.ChatMessage,
    chat.ChatPage,
    execution.Execution,
    execution.ExecutionPage,
    execution.Language,
    execution.LanguageList,
    execution.Started,
    files.FilesChanged,
    sessions.Activity,
    sessions.ActivityPage,
    sessions.Door,
    sessions.Session,
    sessions.SessionPage,
    sessions.SessionSummary,
    snapshots.FilesNow,
    snapshots.Restoration,
    snapshots.Snapshot,
    snapshots.SnapshotFiles,
    snapshots.SnapshotPage,
    snapshots.SnapshotRestored,
    snapshots.SnapshotSummary,
    messages.AdmissionStatus,
    messages.LanguageMessage,
    messages.Participants,
    messages.PersonMessage,
    messages.RunInput,
    messages.RunOutput,
    messages.RunQueued,
    messages.RunStarted,
    messages.SessionMoment,
    messages.SessionPointer,
    messages.SessionState,
    messages.WaitingEntry,
)


def wire_schema() -> dict[str, object]:
    """All shapes under `$defs` of one JSON Schema document (draft 2020-12)."""
    modes: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [
        *((model, "validation") for model in SENT_BY_CLIENTS),
        *((model, "serialization") for model in SENT_BY_SERVER),
    ]
    _, document = models_json_schema(modes, title="CodeWithMe wire shapes")
    return document


def wire_text() -> str:
    """The document as it is kept in the repository."""
    return json.dumps(wire_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(wire_text())
