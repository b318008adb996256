"""The Yjs protocol's messages, read with suspicion: what a browser sends may be anything.

A message is a kind and, for documents, a step, each one byte here, then one length-prefixed blob. See `y-protocols/PROTOCOL.md`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NoReturn

from pycrdt import write_message, write_var_uint

_MAX_UINT_BITS = 53
"""JavaScript knows no larger whole numbers, so no honest client sends one."""


class Kind(IntEnum):
    """What a message is about."""

    DOCUMENT = 0
    AWARENESS = 1
    COMMAND = 2
    """JupyterLab's own: asks the server to save."""
    REPORT = 100
    """Ours: what became of what a browser sent. Spoken only with those that have asked for it (see `Report`)."""


class Step(IntEnum):
    """What a message does to a document."""

    ASK = 0
    """Sync step 1: here is what I have, send me what I lack."""
    ANSWER = 1
    """Sync step 2: here is what you lack."""
    UPDATE = 2


_KINDS, _STEPS = frozenset(Kind), frozenset(Step)


class Report(IntEnum):
    """What the second number of a message of the kind `REPORT` says; the numbers are variable-length as everywhere in Yjs.

    A browser asks once a connection, right after it has opened, with `[100][0][1]`; 1 is the version of this. From then on the
    server sends it these. *Edit messages* are sync step 2 and updates, counted from 1 in the order in which this connection
    sent them, whatever became of them.
    """

    ASK = 0
    """Browser: `[100][0][version]`, please report."""
    STORED = 1
    """Server: `[100][1][count]`, the first `count` edit messages are on disk, all but those that were refused."""
    REFUSED = 2
    """Server: `[100][2][number]`, the edit message of this number was dropped, since this person may not edit now, or what is of
    somebody else's client id in it. Should they be allowed to later, the server asks for what it lacks (sync step 1), and the
    answer counts as an edit message."""
    MAY_EDIT = 3
    """Server: `[100][3][0 or 1]`, whether this person may edit; sent as the first answer and whenever it changes."""
    TROUBLE = 4
    """Server: `[100][4][text]`, why nothing can be stored just now, a sentence; empty once it can again. What was sent meanwhile
    is kept and tried again, and reported as STORED when it is."""


class MalformedMessageError(Exception):
    """The message is not of the protocol; its sender is not a client of ours."""


@dataclass(frozen=True)
class Presence:
    """One client's state in an awareness message; None where the client has gone."""

    client_id: int
    clock: int
    state: dict[str, Any] | None


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def uint(self) -> int:
        number = shift = 0
        while shift < _MAX_UINT_BITS:
            byte = self._take(1)[0]
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number
        raise MalformedMessageError("a number is too large")

    def blob(self) -> bytes:
        return self._take(self.uint())

    def end(self) -> None:
        if self._at != len(self._data):
            raise MalformedMessageError("there is more than there should be")

    def _take(self, length: int) -> bytes:
        taken = self._data[self._at : self._at + length]
        if len(taken) != length:
            raise MalformedMessageError("there is less than there should be")
        self._at += length
        return taken


def kind_of(message: bytes) -> Kind | None:
    """What the message is about; None for kinds nobody here needs. Raises MalformedMessageError for an empty one."""
    kind = _Reader(message).uint()
    return Kind(kind) if kind in _KINDS else None


def read_document(message: bytes) -> tuple[Step, bytes]:
    """What a document message does, and its state or update, which only the document can tell from noise.

    Raises MalformedMessageError.
    """
    reader = _Reader(message)
    reader.uint()
    step = reader.uint()
    payload = reader.blob()
    reader.end()
    if step not in _STEPS:
        raise MalformedMessageError("there is no such step")
    return Step(step), payload


def read_save(message: bytes) -> int | None:
    """The number that the answer to a command to save must have; None for other commands. Raises MalformedMessageError."""
    reader = _Reader(message)
    reader.uint()
    command = reader.blob()
    number = reader.uint()
    reader.end()
    return number if command == b"save" else None


def save_answer(number: int, *, is_saved: bool) -> bytes:
    """What JupyterLab waits for after it has asked to save."""
    answer = {"type": "save", "responseTo": number, "status": "success" if is_saved else "failed"}
    return bytes([Kind.COMMAND]) + write_message(json.dumps(answer).encode())


def asks_for_reports(message: bytes) -> bool:
    """Whether a message of the kind `REPORT` asks for reports that we know how to write. Raises MalformedMessageError."""
    reader = _Reader(message)
    reader.uint()
    return reader.uint() == Report.ASK and reader.uint() >= 1


def report(what: Report, number: int) -> bytes:
    """A report that is a number."""
    return bytes([Kind.REPORT, what]) + write_var_uint(number)


def trouble_report(text: str) -> bytes:
    """The report why nothing can be stored just now."""
    return bytes([Kind.REPORT, Report.TROUBLE]) + write_message(text.encode())


def read_awareness(message: bytes) -> list[Presence]:
    """The states in an awareness message. Raises MalformedMessageError."""
    outer = _Reader(message)
    outer.uint()
    reader = _Reader(outer.blob())
    outer.end()
    presences = [Presence(reader.uint(), reader.uint(), _state(reader.blob())) for _ in range(reader.uint())]
    reader.end()
    return presences


def write_awareness(presences: Sequence[Presence]) -> bytes:
    """The awareness message that says this. Raises MalformedMessageError for a number JSON does not know."""
    parts = [write_var_uint(len(presences))]
    for presence in presences:
        try:
            state = json.dumps(presence.state, allow_nan=False, separators=(",", ":"))
        except (ValueError, RecursionError) as error:
            _refuse(error)
        parts += write_var_uint(presence.client_id), write_var_uint(presence.clock), write_message(state.encode())
    return bytes([Kind.AWARENESS]) + write_message(b"".join(parts))


def _state(text: bytes) -> dict[str, Any] | None:
    try:
        state = json.loads(text)
    except (ValueError, RecursionError) as error:
        _refuse(error)
    if state is not None and not isinstance(state, dict):
        raise MalformedMessageError("a state is an object or null")
    return state


def _refuse(error: BaseException) -> NoReturn:
    raise MalformedMessageError(f"it cannot be read: {error}") from error
