"""A person's editor on a shared document, as JupyterLab's would be: a Yjs document and a websocket to its room."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import quote

import httpx
from pycrdt import (
    Decoder,
    Doc,
    Text,
    TransactionEvent,
    create_sync_message,
    create_update_message,
    handle_sync_message,
    write_message,
    write_var_uint,
)
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from codewithme_ext.jupyter.messages import Kind, Report
from server import InterviewServer, Person

TIMEOUT_S = 10
SYNC, AWARENESS = 0, 1
ANSWER = 1
ASK_FOR_REPORTS = bytes([Kind.REPORT, Report.ASK, 1])
NOTHING = b"\0\0"
"""The update of a transaction in which nothing changed."""


def ask_for_room(person: Person, path: str) -> httpx.Response:
    """Ask in which room the file at a contents path is open."""
    return person.request("PUT", f"api/collaboration/session/{quote(path)}", json={"format": "text", "type": "file"})


def room_of(person: Person, path: str) -> str:
    """The id of the room in which the file at a contents path is open."""
    return f"text:file:{_told(ask_for_room(person, path))['fileId']}"


def room_address(person: Person, path: str) -> str:
    """The address of the websocket to a file's room; the server's collaboration session says that the page is not an old one."""
    told = _told(ask_for_room(person, path))
    return socket_address(
        person.server, f"api/collaboration/room/text:file:{told['fileId']}?sessionId={told['sessionId']}"
    )


def _told(response: httpx.Response) -> dict[str, str]:
    assert response.status_code in (200, 201), response.text
    told: dict[str, str] = response.json()
    return told


def socket_address(server: InterviewServer, path: str) -> str:
    """A websocket address below the base URL."""
    return f"ws://127.0.0.1:{server.port}{server.base_url}{path}"


def awareness_message(*said: tuple[int, int, Any]) -> bytes:
    """An awareness message of (client id, clock, state)."""
    parts = [write_var_uint(len(said))]
    for client_id, clock, state in said:
        parts += [write_var_uint(client_id), write_var_uint(clock), write_message(json.dumps(state).encode())]
    return bytes([AWARENESS]) + write_message(b"".join(parts))


class Editor:
    """One open document. `text` follows everybody's changes; `seen` is what the others show of themselves, by client id.

    The document may be older than the connection, as that of a tab which comes back. `progress` says how far its owner has
    come; `stored` is the progress that the server has since told to be durable.
    """

    def __init__(
        self, socket: ClientConnection, doc: Doc[Any] | None = None, progress: Callable[[], int] = lambda: 0
    ) -> None:
        self.socket = socket
        self.doc: Doc[Any] = Doc() if doc is None else doc
        self.source = self.doc.get("source", type=Text)
        self.seen: dict[int, Any] = {}
        self.frames = 0
        self.is_synced = False
        self.close_code: int | None = None
        self.may_edit: bool | None = None
        self.refused: list[int] = []
        self.trouble = ""
        self._stored_edits = 0
        self._progress = progress
        self._progress_at_edit: list[int] = []
        self._changed = asyncio.Condition()
        self._is_applying = False
        self._held: list[bytes] | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._following = self.doc.observe(self._send_own)

    @property
    def text(self) -> str:
        """What the editor shows."""
        return str(self.source)

    @property
    def stored(self) -> int:
        """The progress at the newest edit that is durable, as the server has told."""
        return self._progress_at_edit[self._stored_edits - 1] if self._stored_edits else 0

    @property
    def is_all_stored(self) -> bool:
        """Whether every edit sent on this connection is durable."""
        return self._stored_edits == len(self._progress_at_edit)

    @property
    def client_id(self) -> int:
        """The document's id of this editor."""
        return int(self.doc.client_id)

    async def send(self, message: bytes | str) -> None:
        """Send whatever bytes."""
        await self.socket.send(message)

    async def show(self, state: Any, *, client_id: int | None = None, clock: int = 1) -> None:
        """Tell the others where one's cursor is."""
        await self.send(awareness_message((self.client_id if client_id is None else client_id, clock, state)))

    async def until(self, condition: Callable[["Editor"], bool], *, timeout_s: float = TIMEOUT_S) -> None:
        """Wait until something has arrived."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: condition(self))

    async def closed(self) -> None:
        """Wait until the connection has closed."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.close_code is not None)

    async def read(self) -> None:
        """Take what comes until the connection closes."""
        try:
            async for message in self.socket:
                assert isinstance(message, bytes)
                self.frames += 1
                await self._take(message)
                async with self._changed:
                    self._changed.notify_all()
        except ConnectionClosed:
            pass
        self.doc.unobserve(self._following)
        self.close_code = self.socket.close_code
        async with self._changed:
            self._changed.notify_all()

    async def _take(self, message: bytes) -> None:
        if message[0] == SYNC:
            self._is_applying = True
            try:
                reply = handle_sync_message(message[1:], self.doc)
            finally:
                self._is_applying = False
            self.is_synced = self.is_synced or message[1] == ANSWER
            if reply is not None:
                self._progress_at_edit.append(self._progress())
                await self.send(reply)
        elif message[0] == Kind.REPORT:
            self._take_report(Decoder(message[1:]))
        elif message[0] == AWARENESS:
            decoder = Decoder(Decoder(message[1:]).read_message() or b"")
            for _ in range(decoder.read_var_uint()):
                client_id, _clock = decoder.read_var_uint(), decoder.read_var_uint()
                self.seen[client_id] = json.loads(decoder.read_var_string())

    def _take_report(self, decoder: Decoder) -> None:
        match decoder.read_var_uint():
            case Report.STORED:
                self._stored_edits = decoder.read_var_uint()
            case Report.TROUBLE:
                self.trouble = decoder.read_var_string()
            case Report.MAY_EDIT:
                self.may_edit = bool(decoder.read_var_uint())
            case Report.REFUSED:
                self.refused.append(decoder.read_var_uint())

    @contextmanager
    def holding_back(self) -> Iterator[list[bytes]]:
        """Edits made meanwhile are not sent; gives their messages."""
        self._held = []
        yield self._held
        self._held = None

    def _send_own(self, event: TransactionEvent) -> None:
        if self._is_applying or event.update == NOTHING:
            return
        if self._held is not None:
            self._held.append(create_update_message(event.update))
        else:
            self._progress_at_edit.append(self._progress())
            task = asyncio.get_running_loop().create_task(self._send_edit(create_update_message(event.update)))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send_edit(self, message: bytes) -> None:
        with contextlib.suppress(ConnectionClosed):  # the document keeps it
            await self.send(message)


@asynccontextmanager
async def open_document(person: Person, path: str, *, sync: bool = True) -> AsyncIterator[Editor]:
    """An editor of a file, once it shows what the file holds."""
    async with open_room(person, room_address(person, path)) as editor:
        if sync:
            await editor.until(lambda e: e.is_synced)
        yield editor


@asynccontextmanager
async def open_room(
    person: Person, address: str, doc: Doc[Any] | None = None, progress: Callable[[], int] = lambda: 0
) -> AsyncIterator[Editor]:
    """An editor of a room whose address is known, of a document that may be there already; not yet synchronised."""
    async with connect(address, additional_headers=person.headers, max_size=None, compression=None) as socket:
        editor = Editor(socket, doc, progress)
        reading = asyncio.create_task(editor.read())
        try:
            await editor.send(ASK_FOR_REPORTS)
            await editor.send(create_sync_message(editor.doc))
            yield editor
        finally:
            await socket.close()
            await reading
