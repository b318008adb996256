"""People who type numbered lines into a shared document, whatever happens to the server, and know what they were promised."""

import asyncio
import contextlib
import random
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from documents import Editor, open_room, room_address
from pycrdt import Assoc, Doc, StickyIndex, Text
from websockets.exceptions import InvalidHandshake

from server import Person

RECONNECT_S = 0.1
KEY_S = 0.012
"""Between two keys; faster than anybody types, so that a short burst has many edits in it."""


class Typist:
    """A tab in which somebody types `<mark>0000`, `<mark>0001`, … a line each, at a caret of their own, with typing errors.

    What they type stays in the tab's document while there is no connection, and the tab comes back by itself while
    `may_connect` is set.
    """

    def __init__(
        self,
        person: Person,
        path: str,
        mark: str,
        chance: random.Random,
        way: Callable[[str], str] = lambda address: address,
    ) -> None:
        self.person = person
        self.mark = mark
        self.lines = 0
        self.stored = 0
        """How many lines the server has told to be durable."""
        self.may_connect = asyncio.Event()
        self.may_connect.set()
        self.editor: Editor | None = None
        self.doc: Doc[Any] = Doc()
        self._source = self.doc.get("source", type=Text)
        self._caret: StickyIndex | None = None
        self._column = 0
        self._address = way(room_address(person, path))
        self._chance = chance

    @property
    def text(self) -> str:
        """What the tab shows."""
        return str(self._source)

    @property
    def is_synced(self) -> bool:
        """Whether the tab is connected and has what the server had."""
        return self.editor is not None and self.editor.is_synced

    async def stay(self) -> None:
        """Be connected, again and again, until cancelled."""
        while True:
            await self.may_connect.wait()
            with contextlib.suppress(OSError, InvalidHandshake, TimeoutError):
                async with open_room(self.person, self._address, self.doc, lambda: self.lines) as editor:
                    self.editor = editor
                    try:
                        await editor.closed()
                    finally:
                        self.stored = max(self.stored, editor.stored)
                        self.editor = None
            await asyncio.sleep(RECONNECT_S * (0.5 + self._chance.random()))

    def disconnect(self) -> None:
        """Give up the connection without a word."""
        if self.editor is not None:
            self.editor.socket.transport.abort()

    async def type(self) -> None:
        """Type until cancelled; a line that was begun stays half and is finished next time."""
        while True:
            if self._chance.random() < 0.1:
                await self._mistype()
            self._type_key()
            await asyncio.sleep(KEY_S * self._chance.random() * 2)

    def promised(self, others: "Sequence[Typist]") -> int:
        """How many lines may not be lost: told to be durable, or shown to somebody else, which comes after that."""
        seen = [len(numbers(other.text, self.mark)) for other in others if other is not self]
        told = self.editor.stored if self.editor is not None else 0
        return max([self.stored, told, *seen])

    async def _mistype(self) -> None:
        self._insert("#")
        try:
            await asyncio.sleep(KEY_S)
        finally:
            at = self._position()
            del self._source[at - 1 : at]
            self._caret = self._source.sticky_index(at - 1, Assoc.BEFORE)

    def _type_key(self) -> None:
        line = f"{self.mark}{self.lines:04d}\n"
        key = line[self._column]
        self._column += 1
        if key == "\n":
            self._column = 0
            self.lines += 1
        self._insert(key)

    def _position(self) -> int:
        return len(self._source) if self._caret is None else self._caret.get_index()

    def _insert(self, text: str) -> None:
        at = self._position()
        self._source.insert(at, text)
        self._caret = self._source.sticky_index(at + len(text), Assoc.BEFORE)


def numbers(text: str, mark: str) -> list[int]:
    """The numbers of a typist's whole lines, in the text's order."""
    return [int(number) for number in re.findall(rf"{mark}(\d{{4}})\n", text)]


def assert_kept(text: str, typists: Sequence[Typist], promised: Sequence[int]) -> None:
    """Everything promised is there, once, in each writer's order, and of the rest nothing twice."""
    for typist, least in zip(typists, promised, strict=True):
        found = numbers(text, typist.mark)
        assert found == list(range(len(found))), f"{typist.mark}: {found}"
        assert len(found) >= least, f"{typist.mark}: {least} lines were acknowledged, {len(found)} are there"


async def together(documents: Iterable[Sequence[Typist]], *, within_s: float) -> None:
    """Wait until all tabs of each document are connected and show all that was typed in any of them."""
    deadline = time.monotonic() + within_s
    for tabs in documents:
        while not are_together(tabs):  # (several tabs at once have no one event)
            assert time.monotonic() < deadline, f"Not together after {within_s} s:\n{_apart(tabs)}"
            await asyncio.sleep(0.02)


def are_together(typists: Sequence[Typist]) -> bool:
    """Whether all tabs are connected and show the same text, with every line in it."""
    text = typists[0].text
    return all(typist.is_synced and typist.text == text for typist in typists) and all(
        numbers(text, typist.mark) == list(range(typist.lines)) for typist in typists
    )


def _apart(typists: Sequence[Typist]) -> str:
    return "\n".join(
        f"{typist.mark}: synced {typist.is_synced}, typed {typist.lines}, "
        f"sees {[len(numbers(typist.text, other.mark)) for other in typists]} of {len(typist.text)} characters"
        for typist in typists
    )


@asynccontextmanager
async def busy(works: Iterable[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """These run meanwhile; one that breaks breaks the test."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            await task
