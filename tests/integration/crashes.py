"""The worst that can happen to a server while people type, and the checks that nothing acknowledged was lost or doubled."""

import asyncio
import base64
import contextlib
import random
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from documents import open_document
from pycrdt import Doc, Text
from typists import Typist, assert_kept, busy, together

from postgres import PostgresCluster
from server import InterviewServer, admit, create_session, knock, register

RESYNC_S = 5.0
FILE_S = 4.0
"""The file follows within 2 s; a machine that is busy with other tests gets twice that."""


class Interview:
    """Two people who write into two documents, one of them in two tabs of the same."""

    def __init__(self, server: InterviewServer, chance: random.Random) -> None:
        self.server = server
        self.chance = chance
        self.maya = register(server)
        self.session = create_session(self.maya)
        priya = admit(self.maya, self.session, knock(self.maya, self.session))
        main, notes = (f"{self.session['folder']}/{name}" for name in ("main.py", "notes.md"))
        empty = {"type": "file", "format": "text", "content": ""}
        assert self.maya.request("PUT", f"api/contents/{notes}", json=empty).status_code == 201
        tabs = {main: [(self.maya, "a"), (priya, "b"), (priya, "c")], notes: [(self.maya, "d"), (priya, "e")]}
        self.documents = {
            path: [Typist(person, path, mark, chance) for person, mark in people] for path, people in tabs.items()
        }
        self.slowest_resync_s = 0.0

    @property
    def tabs(self) -> list[Typist]:
        """All of them, of both documents."""
        return [tab for tabs in self.documents.values() for tab in tabs]

    async def together(self, within_s: float) -> None:
        """Everybody is connected and sees everything that was typed, once."""
        began = time.monotonic()
        await together(list(self.documents.values()), within_s=within_s)
        self.slowest_resync_s = max(self.slowest_resync_s, time.monotonic() - began)

    async def stay_apart(self) -> None:
        """Nobody comes back, whatever they were connected to has ended."""
        for tab in self.tabs:
            tab.may_connect.clear()
        async with asyncio.timeout(RESYNC_S):
            while any(tab.editor for tab in self.tabs):  # noqa: ASYNC110 (several tabs at once have no one event)
                await asyncio.sleep(0.01)

    async def come_back(self) -> None:
        """Everybody connects again; within five seconds it is as if nothing had been."""
        for tab in self.tabs:
            tab.may_connect.set()
        await self.together(RESYNC_S)

    def promised(self) -> dict[str, list[int]]:
        """How many lines of each tab may not be lost, by document."""
        return {path: [tab.promised(tabs) for tab in tabs] for path, tabs in self.documents.items()}

    async def assert_kept(self, promised: dict[str, list[int]]) -> None:
        """Somebody who was not there before finds what was promised, in the document and in its file."""
        for path, tabs in self.documents.items():
            async with open_document(self.maya, path) as reader:
                assert_kept(reader.text, tabs, promised[path])
                await self.file_follows(path, reader.text)
                assert await asyncio.to_thread(self.told_by_history, path) == reader.text

    def told_by_history(self, path: str) -> str:
        """The text that the history makes, of nobody's edits but these people's, with none left out."""
        inside = path.removeprefix(f"{self.session['folder']}/")
        doc: Doc[Any] = Doc()
        after: int | None = 0
        while after is not None:
            address = f"sessions/{self.session['id']}/documents/{inside}/history?limit=5000&after={after}"
            page = self.maya.call("GET", address)
            sequences = [update["sequence"] for update in page["updates"]]
            assert sequences == list(range(after + 1, after + 1 + len(sequences)))
            assert {u["authorName"] for u in page["updates"] if u["kind"] == "edit"} <= {"Maya Lindqvist", "Priya Nair"}
            for update in page["updates"]:
                doc.apply_update(base64.b64decode(update["update"]))
            after = page["next"]
        return str(doc.get("source", type=Text))

    async def file_follows(self, path: str, text: str) -> None:
        """The file on disk is as the document."""
        file = self.server.data_dir / "files" / path
        began = time.monotonic()
        while file.read_text() != text:
            assert time.monotonic() - began < FILE_S, f"{file.name} is not what its document is: {file.read_text()!r}"
            await asyncio.sleep(0.05)


@asynccontextmanager
async def interview(server: InterviewServer, chance: random.Random) -> AsyncIterator[Interview]:
    """An interview whose people are there, and come back when they lose the connection."""
    interview = Interview(server, chance)
    async with busy(tab.stay() for tab in interview.tabs):
        await interview.together(RESYNC_S)
        yield interview


@asynccontextmanager
async def typing(interview: Interview) -> AsyncIterator[None]:
    """Everybody types meanwhile, and for up to a second before."""
    async with busy(tab.type() for tab in interview.tabs):
        await asyncio.sleep(interview.chance.uniform(0.05, 1.0))
        yield


async def killed(interview: Interview, meanwhile: Callable[[], object] = lambda: None) -> None:
    """kill -9 while everybody types, and goes on typing until the server is back."""
    async with typing(interview):
        interview.server.kill()
        await interview.stay_apart()
        promised = interview.promised()
        meanwhile()
        await asyncio.to_thread(interview.server.start)
    await interview.assert_kept(promised)
    await interview.come_back()
    await interview.assert_kept(interview.promised())


async def disk_filled(interview: Interview, disk: Path, *, is_killed: bool) -> None:
    """The disk with the database and the files is full for a moment, or until the server is killed."""
    with full(disk) as free_again:
        async with typing(interview):
            if not is_killed:
                free_again()
        if is_killed:
            await killed(interview, free_again)
    await interview.together(2 * RESYNC_S)
    await interview.assert_kept(interview.promised())


async def database_restarted(interview: Interview, database: PostgresCluster, *, is_killed: bool) -> None:
    """The database is away for a moment, stopped in order or crashed; the server may be killed meanwhile."""
    async with typing(interview):
        database.stop(interview.chance.choice([signal.SIGINT, signal.SIGQUIT]))
        await asyncio.sleep(interview.chance.uniform(0.05, 0.5))
        if not is_killed:
            database.start()
    if is_killed:
        await killed(interview, database.start)
    await interview.together(2 * RESYNC_S)
    await interview.assert_kept(interview.promised())


@contextlib.contextmanager
def full(disk: Path) -> Iterator[Callable[[], None]]:
    """No byte more fits onto a disk; gives what frees it, at the end at the latest."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield lambda: ballast.unlink(missing_ok=True)
    finally:
        ballast.unlink(missing_ok=True)
