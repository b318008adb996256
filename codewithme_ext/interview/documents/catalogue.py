"""Which documents there are: the rows that tie a document's id to the path of its file."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.exc import IntegrityError

from ...errors import NotFoundError
from ...storage.base import new_id
from ...storage.unit_of_work import Units
from .models import Document, DocumentKind, DocumentUpdate, UpdateKind

NOTEBOOK_SUFFIX = ".ipynb"


@dataclass
class DocumentInfo:
    """A document's row as plain values; `path` follows the file."""

    id: str
    session_id: str | None
    path: str
    kind: DocumentKind
    file_sequence: int
    file_digest: str


def kind_of(path: str) -> DocumentKind:
    """What a file's document holds: one file, one document, so that there are never two on the same file."""
    return DocumentKind.NOTEBOOK if path.lower().endswith(NOTEBOOK_SUFFIX) else DocumentKind.FILE


class Catalogue:
    """The documents' rows. Paths are contents paths without a slash at either end."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def find(self, document_id: str) -> DocumentInfo | None:
        """A document that is still one."""
        async with self._units.read() as db:
            row = await db.get(Document, document_id)
            return _info(row) if row is not None and row.retired_at is None else None

    async def at(self, path: str) -> DocumentInfo | None:
        """The document at a path, if its file has ever been opened."""
        async with self._units.read() as db:
            row = await db.scalar(select(Document).where(Document.path == path, Document.retired_at.is_(None)))
            return _info(row) if row is not None else None

    async def ensure(self, path: str, session_id: str | None) -> DocumentInfo:
        """The document at a path, made if there is none yet. Raises NotFoundError when its session is gone."""
        found = await self.at(path)
        if found is not None:
            return found
        row = Document(
            id=new_id(), session_id=session_id, path=path, kind=kind_of(path), file_sequence=0, file_digest=""
        )
        try:
            async with self._units.begin() as unit:
                row.created_at = unit.now
                unit.db.add(row)
        except IntegrityError as error:
            found = await self.at(path)  # somebody else was quicker
            if found is None:
                raise NotFoundError("There is no such interview.") from error
            return found
        return _info(row)

    async def of_session(self, session_id: str) -> list[DocumentInfo]:
        """The documents of a session."""
        async with self._units.read() as db:
            rows = await db.scalars(
                select(Document)
                .where(Document.session_id == session_id, Document.retired_at.is_(None))
                .order_by(Document.path)
            )
            return [_info(row) for row in rows]

    async def unsaved(self) -> list[DocumentInfo]:
        """Documents with updates that their files may lack."""
        async with self._units.read() as db:
            rows = await db.scalars(
                select(Document).where(
                    Document.retired_at.is_(None),
                    select(DocumentUpdate.sequence)
                    .where(
                        DocumentUpdate.document_id == Document.id,
                        DocumentUpdate.sequence > Document.file_sequence,
                        DocumentUpdate.kind != UpdateKind.BOOKKEEPING,
                    )
                    .exists(),
                )
            )
            return [_info(row) for row in rows]

    async def move(self, old: str, new: str) -> tuple[list[tuple[str, str]], list[str]]:
        """A file or folder has moved; returns the ids and new paths of the documents that went along, and the ids of those that
        are no longer one: what was there before, and what is of another kind under its new name."""
        async with self._units.begin() as unit:
            replaced = (await unit.db.scalars(_present(_below(new)))).all()
            for row in replaced:
                row.retired_at = unit.now
            await unit.db.flush()  # their paths are free now
            rows = (await unit.db.scalars(_present(_below(old)))).all()
            moved, retired = [], [row.id for row in replaced]
            for row in rows:
                path = new + row.path.removeprefix(old)
                if kind_of(path) is row.kind:
                    row.path = path
                    moved.append((row.id, path))
                else:
                    row.retired_at = unit.now
                    retired.append(row.id)
        return moved, retired

    async def retire(self, path: str) -> list[str]:
        """A file or folder is gone; returns the ids of the documents it concerns."""
        async with self._units.begin() as unit:
            rows = (await unit.db.scalars(_present(_below(path)))).all()
            for row in rows:
                row.retired_at = unit.now
            return [row.id for row in rows]

    async def quarantine(self, document_id: str, reason: str) -> None:
        """A document's history cannot be read; the next one at its path is made anew."""
        async with self._units.begin() as unit:
            row = await unit.db.get(Document, document_id)
            if row is not None and row.retired_at is None:
                row.retired_at, row.quarantine = unit.now, reason

    async def count_quarantined(self) -> int:
        """How many documents were set aside because their history was damaged."""
        async with self._units.read() as db:
            found = await db.scalar(select(func.count()).select_from(Document).where(Document.quarantine.is_not(None)))
            return found or 0


def _below(path: str) -> ColumnElement[bool]:
    return or_(Document.path == path, Document.path.startswith(f"{path}/", autoescape=True))


def _present(where: ColumnElement[bool]) -> Select[Document]:
    return select(Document).where(where, Document.retired_at.is_(None))


def _info(row: Document) -> DocumentInfo:
    return DocumentInfo(
        id=row.id,
        session_id=row.session_id,
        path=row.path,
        kind=row.kind,
        file_sequence=row.file_sequence,
        file_digest=row.file_digest,
    )
