"""Everything of one interview in one archive, made while it is sent: no part of it is larger in memory than a page or a file.

What is in it comes from the use cases of the other concepts, asked for by the host like by any client, so that nothing can be in an
export that its reader could not read.
"""

import asyncio
import io
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import IO, Any

from pydantic import BaseModel

from ...storage.unit_of_work import Units
from ..accounts.actor import Actor
from ..assessment.schemas import ResultsQuery
from ..assessment.service import AssessmentService
from ..chat.service import ChatService
from ..documents.files import Files, UnusableFileError
from ..documents.service import DocumentService
from ..execution.schemas import ExecutionsQuery
from ..execution.service import ExecutionService
from ..proctoring.schemas import ProctoringQuery
from ..proctoring.service import ProctoringService
from ..roles import Capability
from ..sessions.access import enter
from ..sessions.service import SessionService
from ..sessions.workspace import folder_of
from ..snapshots.service import SnapshotService
from .tables import as_json, csv_rows

PAGE = 200
Rows = Sequence[Mapping[str, Any]]
Page = Callable[[Any], Awaitable[tuple[Rows, Any]]]
"""From a cursor (None at first) to rows and the next cursor (None at the end)."""


class ExportService:
    """The use case of the export."""

    def __init__(
        self,
        units: Units,
        files: Files,
        *,
        sessions: SessionService,
        chat: ChatService,
        execution: ExecutionService,
        assessment: AssessmentService,
        proctoring: ProctoringService,
        snapshots: SnapshotService,
        documents: DocumentService,
    ) -> None:
        self._units = units
        self._files = files
        self._sessions = sessions
        self._chat = chat
        self._execution = execution
        self._assessment = assessment
        self._proctoring = proctoring
        self._snapshots = snapshots
        self._documents = documents

    async def archive(self, actor: Actor, session_id: str) -> AsyncGenerator[bytes]:
        """A ZIP archive, piece by piece (host), to be closed by who reads it. Raises before the first piece what `enter` raises."""
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.MANAGE)
        return self._pieces(actor, session.id)

    async def _pieces(self, actor: Actor, session_id: str) -> AsyncGenerator[bytes]:
        pipe = _Pipe()
        with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
            session = await self._sessions.get(actor, session_id)
            plain = session.model_dump(mode="json")
            people = plain.pop("participants")
            archive.writestr("session.json", as_json(plain))
            archive.writestr("problem.md", session.problem_statement)
            archive.writestr("participants.json", as_json(people))
            archive.writestr("participants.csv", csv_rows(people, list(people[0]), with_head=True))
            questions = await self._assessment.questions(actor, session_id)
            archive.writestr("questions.json", as_json([question.model_dump(mode="json") for question in questions]))
            for name, page in self._lists(actor, session_id).items():
                async with aclosing(_list(archive, pipe, name, page)) as pieces:
                    async for piece in pieces:
                        yield piece
            async for piece in self._folder(archive, pipe, session_id):
                yield piece
        yield pipe.taken()

    def _lists(self, actor: Actor, session_id: str) -> Mapping[str, Page]:
        async def chat(after: Any) -> tuple[Rows, Any]:
            page = await self._chat.history(actor, session_id, after=after or 0, before=None, limit=PAGE)
            return _plain(page.messages), page.next

        async def activity(after: Any) -> tuple[Rows, Any]:
            page = await self._sessions.activity(actor, session_id, after=after or 0, limit=PAGE)
            return _plain(page.activity), page.next

        async def executions(after: Any) -> tuple[Rows, Any]:
            page = await self._execution.history(actor, session_id, ExecutionsQuery(after=after, limit=20))
            return _plain(page.executions), page.next

        async def results(after: Any) -> tuple[Rows, Any]:
            page = await self._assessment.results(actor, session_id, ResultsQuery(after=after, limit=20))
            return _plain(page.results), page.next

        async def proctoring(after: Any) -> tuple[Rows, Any]:
            page = await self._proctoring.timeline(actor, session_id, ProctoringQuery(after=after, limit=PAGE))
            return _plain(page.events), page.next

        async def snapshots(before: Any) -> tuple[Rows, Any]:
            page = await self._snapshots.history(actor, session_id, before=before, limit=1)
            whole = [await self._snapshots.get(actor, session_id, snapshot.id) for snapshot in page.snapshots]
            return _plain(whole), page.next

        return {
            "chat": chat,
            "activity": activity,
            "executions": executions,
            "results": results,
            "proctoring": proctoring,
            "snapshots": snapshots,
        }

    async def _folder(self, archive: zipfile.ZipFile, pipe: "_Pipe", session_id: str) -> AsyncIterator[bytes]:
        """The session's files: what editors show now, and whatever else lies in the folder."""
        texts = await self._documents.texts(session_id)
        folder = folder_of(session_id)
        others = [path.removeprefix(f"{folder}/") for path in await asyncio.to_thread(list, self._files.walk(folder))]
        for name in sorted({*texts, *others}):
            content = texts[name].encode() if name in texts else await self._read(f"{folder}/{name}")
            if content is not None:
                await asyncio.to_thread(archive.writestr, f"files/{name}", content)
                yield pipe.taken()

    async def _read(self, path: str) -> bytes | None:
        try:
            version = await asyncio.to_thread(self._files.read, path)
        except UnusableFileError:
            return None
        return version.content if version is not None else None


def _plain(models: Sequence[BaseModel]) -> Rows:
    return [model.model_dump(mode="json") for model in models]


async def _list(archive: zipfile.ZipFile, pipe: "_Pipe", name: str, page: Page) -> AsyncGenerator[bytes]:
    """The same list twice, read page by page each time: an archive is written one file after the other."""
    columns: list[str] = []
    after: Any = None
    with archive.open(f"{name}.json", "w") as file:
        is_first = True
        while is_first or after is not None:
            rows, after = await page(after)
            columns = columns or (list(rows[0]) if rows else [])
            await asyncio.to_thread(_write_json, file, rows, is_first=is_first)
            is_first = False
            yield pipe.taken()
        file.write(b"]\n")
    if name == "snapshots":
        return  # whole files are nothing for cells
    with archive.open(f"{name}.csv", "w") as file:
        is_first = True
        while is_first or after is not None:
            rows, after = await page(after)
            await asyncio.to_thread(_write_csv, file, rows, columns, is_first=is_first)
            is_first = False
            yield pipe.taken()


def _write_json(file: IO[bytes], rows: Rows, *, is_first: bool) -> None:
    parts = [as_json(row) for row in rows]
    file.write((b"[" if is_first else b",\n" if parts else b"") + b",\n".join(parts))


def _write_csv(file: IO[bytes], rows: Rows, columns: Sequence[str], *, is_first: bool) -> None:
    file.write(csv_rows([row for row in rows if columns], columns, with_head=is_first))


class _Pipe(io.RawIOBase):
    """Where the archive is written to and what is sent is taken from."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """For zipfile."""
        return True

    def write(self, data: Any) -> int:
        """For zipfile."""
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
