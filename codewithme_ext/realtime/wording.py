"""What those inside are told of an event in so many words: the messages that are made from the event alone."""

from ..events.bus import Committed
from ..events.types import (
    ChatMessageSent,
    ExecutionInput,
    ExecutionOutput,
    ExecutionQueued,
    ExecutionStarted,
    FilesChanged,
    LanguageChanged,
    SnapshotRestored,
    SnapshotSaved,
)
from ..interview.chat.schemas import ChatMessage
from ..interview.files import schemas as files
from ..interview.snapshots import schemas as snapshots
from ..interview.snapshots.models import SnapshotReason
from ..interview.wire import Shape
from . import messages


def message_of(committed: Committed) -> tuple[str, Shape] | None:
    """The message's name and content; None for events of which more is told than they say, or less."""
    match committed.event:
        case LanguageChanged() as event:
            return "language-change", messages.LanguageMessage(
                language=event.language, userId=event.actor_id, username=event.actor_name
            )
        case ChatMessageSent() as event:
            return "chat-message", _chat_message(committed, event)
        case ExecutionStarted() as event:
            return "run-started", _run_started(event)
        case ExecutionQueued() as event:
            return "run-queued", messages.RunQueued(executionId=event.execution_id, place=event.place)
        case ExecutionInput() as event:
            return "run-input", _run_input(event)
        case ExecutionOutput() as event:
            return "run-output", messages.RunOutput(
                executionId=event.execution_id, stream=event.stream, text=event.text
            )
        case FilesChanged() as event:
            return "files-changed", _files_changed(event)
        case SnapshotSaved() as event:
            return "snapshot-saved", _snapshot(committed, event)
        case SnapshotRestored() as event:
            return "snapshot-restored", _restored(event)
        case _:
            return None


def _chat_message(committed: Committed, event: ChatMessageSent) -> ChatMessage:
    assert committed.sequence is not None  # chat is recorded
    return ChatMessage(
        id=event.message_id,
        sequence=committed.sequence,
        userId=event.actor_id or "",
        username=event.actor_name,
        text=event.text,
        timestamp=committed.at,
        key=event.key,
    )


def _files_changed(event: FilesChanged) -> files.FilesChanged:
    return files.FilesChanged(
        change=event.change,
        path=event.path,
        oldPath=event.old_path,
        userId=event.actor_id,
        username=event.actor_name,
    )


def _snapshot(committed: Committed, event: SnapshotSaved) -> snapshots.SnapshotSummary:
    assert committed.sequence is not None  # snapshots are recorded
    return snapshots.SnapshotSummary(
        id=event.snapshot_id,
        sequence=committed.sequence,
        reason=SnapshotReason(event.reason),
        message=event.message,
        language=event.language,
        fileCount=event.file_count,
        userId=event.actor_id,
        username=event.actor_name,
        createdAt=committed.at,
    )


def _restored(event: SnapshotRestored) -> snapshots.SnapshotRestored:
    return snapshots.SnapshotRestored(
        snapshotId=event.snapshot_id,
        message=event.message,
        beforeId=event.before_id,
        userId=event.actor_id,
        username=event.actor_name,
    )


def _run_started(event: ExecutionStarted) -> messages.RunStarted:
    return messages.RunStarted(
        executionId=event.execution_id,
        language=event.language,
        entry=event.entry,
        userId=event.actor_id,
        username=event.actor_name,
        isInteractive=event.is_interactive,
        startedAt=event.started_at,
    )


def _run_input(event: ExecutionInput) -> messages.RunInput:
    return messages.RunInput(
        executionId=event.execution_id,
        text=event.text,
        isLast=event.is_last,
        userId=event.actor_id,
        username=event.actor_name,
    )
