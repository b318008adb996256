"""The session's files at a moment, kept for good."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Self

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...errors import LimitReachedError, TooLargeError
from ...storage.base import Base, HasCreatedAt, HasId, Id

MAX_SNAPSHOTS = 500
"""Of one session."""
KEPT_FOR_RESTORING = 100
"""Of these, as many as are only for what is saved before a restore, so that a full session can still go back."""
MAX_FILES_BYTES = 32 * 2**20
"""Of all texts of one snapshot together."""
MAX_STORED_BYTES = 128 * 2**20
"""Of all snapshots of one session together, as they are stored."""


class SnapshotReason(StrEnum):
    """Why a snapshot was saved."""

    BY_HAND = "by_hand"
    AFTER_RUN = "after_run"
    BEFORE_RESTORE = "before_restore"
    AT_END = "at_end"


@dataclass(frozen=True)
class PackedFiles:
    """Texts by path, compressed; equal texts have equal fingerprints."""

    data: bytes
    fingerprint: str
    count: int

    @classmethod
    def pack(cls, files: Mapping[str, str]) -> Self:
        """Compress; takes a second for the largest. Raises TooLargeError."""
        text = json.dumps(files, sort_keys=True, ensure_ascii=False).encode(errors="surrogatepass")
        if len(text) > MAX_FILES_BYTES:
            raise TooLargeError(
                f"The files of the interview have {len(text)} bytes; a snapshot holds {MAX_FILES_BYTES}. Delete some first."
            )
        return cls(data=zlib.compress(text), fingerprint=sha256(text).hexdigest(), count=len(files))


class Snapshot(HasId, HasCreatedAt, Base):
    """All files of a session at one moment. `sequence` is its number in the session's activity, so order is one order."""

    __tablename__ = "snapshots"
    __table_args__ = (UniqueConstraint("session_id", "sequence"),)

    session_id: Mapped[str] = mapped_column(Id(), ForeignKey("sessions.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    user_id: Mapped[str | None] = mapped_column(Id(), ForeignKey("users.id", ondelete="SET NULL"))
    """Who saved it, ran the code, restored another, or ended the interview."""
    username: Mapped[str]
    reason: Mapped[SnapshotReason]
    message: Mapped[str]
    language: Mapped[str]
    entry: Mapped[str]
    """The path of the file that the language starts with; empty where there is no file."""
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    """Not text of the database's: a file may hold characters that PostgreSQL cannot."""
    fingerprint: Mapped[str]
    file_count: Mapped[int]
    stored_bytes: Mapped[int]

    def files(self) -> dict[str, str]:
        """Texts by their path in the session's folder."""
        files: dict[str, str] = json.loads(zlib.decompress(self.packed).decode(errors="surrogatepass"))
        return files


def require_room(reason: SnapshotReason, *, count: int, stored_bytes: int) -> None:
    """Whether a session that has so many snapshots takes one more. Raises LimitReachedError.

    What is at the end is always kept: it comes once, and nobody is there to make room.
    """
    if reason is SnapshotReason.AT_END:
        return
    most = MAX_SNAPSHOTS if reason is SnapshotReason.BEFORE_RESTORE else MAX_SNAPSHOTS - KEPT_FOR_RESTORING
    if count >= most:
        raise LimitReachedError(f"This interview has {count} snapshots, and {most} is the most it can have.")
    if stored_bytes >= MAX_STORED_BYTES:
        raise LimitReachedError(
            f"The snapshots of this interview take {stored_bytes} bytes; no more than {MAX_STORED_BYTES} are kept."
        )
