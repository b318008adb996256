"""Writes every shape of the wire as one JSON Schema, from which the front end's types are generated.

`python -m codewithme_ext.wire_schema FILE` writes it; a test holds the file in the repository against it.
"""

import json
import sys
from pathlib import Path
from typing import Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from .interview.chat import schemas as chat
from .interview.execution import schemas as execution
from .interview.files import schemas as files
from .interview.sessions import schemas as sessions
from .interview.snapshots import schemas as snapshots
from .realtime import messages, protocol
from .rest.openapi import operations, wire_models
from .rest.routes import ADDRESSES

SENT_BY_CLIENTS: tuple[type[BaseModel], ...] = (
    chat.ChatWish,
    execution.RunRequest,
    execution.RunPointer,
    execution.TypedText,
    protocol.JoinSession,
    protocol.LeaveSession,
    protocol.Person,
    protocol.AutoAdmit,
    protocol.LanguageChange,
    protocol.Signal,
)
"""Over Socket.IO; the shapes of HTTP are those that the calls name."""
SENT_BY_SERVER: tuple[type[BaseModel], ...] = (
    chat.ChatMessage,
    execution.Execution,
    execution.Started,
    files.FilesChanged,
    sessions.Activity,
    sessions.Session,
    snapshots.SnapshotSummary,
    snapshots.SnapshotRestored,
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
        *wire_models(operations(ADDRESSES)),
        *((model, "validation") for model in SENT_BY_CLIENTS),
        *((model, "serialization") for model in SENT_BY_SERVER),
    ]
    _, document = models_json_schema(list(dict.fromkeys(modes)), title="CodeWithMe wire shapes")
    return document


def wire_text() -> str:
    """The document as it is kept in the repository."""
    return json.dumps(wire_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(wire_text())
