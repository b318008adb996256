"""Documents, every update that ever changed them, and the states from which they are read quickly."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from ...storage.base import Base, HasCreatedAt, HasId, Id


class DocumentKind(StrEnum):
    """What is in a document; JupyterLab's names."""

    FILE = "file"
    """Text."""
    NOTEBOOK = "notebook"


class UpdateKind(StrEnum):
    """Why a document changed."""

    EDIT = "edit"
    """Somebody typed."""
    LOAD = "load"
    """The document was made from its file."""
    RESTORE = "restore"
    """Somebody put an earlier content back."""
    FILE = "file"
    """The file was changed behind our back, and the document followed."""
    BOOKKEEPING = "bookkeeping"
    """Nothing of the content: where the file is and that it is saved."""


class Document(HasId, HasCreatedAt, Base):
    """A file that is written together. Its rooms are known by its id, so that it may be renamed."""

    __tablename__ = "documents"
    __table_args__ = (
        Index(None, "session_id"),
        # One document at a path; those that are no longer there do not count.
        Index(
            "uq_documents_path",
            "path",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    session_id: Mapped[str | None] = mapped_column(Id(), ForeignKey("sessions.id", ondelete="CASCADE"))
    """None for a file outside of the interviews' folders."""
    path: Mapped[str]
    """Contents path, relative to the server's root."""
    kind: Mapped[DocumentKind]
    retired_at: Mapped[datetime | None]
    """Since when it is no longer the document at its path: deleted, or in quarantine. Its history can still be read."""
    quarantine: Mapped[str | None]
    """What is wrong with its history, if it could not be read."""
    file_sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    """The last update that the file on disk has."""
    file_digest: Mapped[str] = mapped_column(default="")
    """SHA-256 of the file as we wrote or read it last."""


class DocumentUpdate(Base):
    """One update, as Yjs encodes it. Written before anybody hears of it, never changed, deleted only with its session."""

    __tablename__ = "document_updates"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy reads it once)

    document_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """From 1, without gaps."""
    at_ms: Mapped[int] = mapped_column(BigInteger)
    """Milliseconds since 1970, UTC."""
    author_id: Mapped[str | None] = mapped_column(Id())
    """Who was logged in where it came from; None for the server itself. No foreign key: a history outlives its people's rows."""
    author_name: Mapped[str]
    kind: Mapped[UpdateKind]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    checksum: Mapped[int] = mapped_column(BigInteger)
    """CRC-32 of the content."""


class DocumentKeyframe(Base):
    """A document's whole state after an update, so that nobody has to read all of them. Can be made again at any time."""

    __tablename__ = "document_keyframes"

    document_id: Mapped[str] = mapped_column(Id(), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """A Yjs update, deflated."""
    checksum: Mapped[int] = mapped_column(BigInteger)
    """CRC-32 of the content as it is stored."""
