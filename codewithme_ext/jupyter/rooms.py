"""The doors to the documents people write together: JupyterLab's addresses and protocol, in front of rooms of our own.

Everything that can be refused is refused before there is a room (the gate, in `prepare`). Then each message is looked at before
the room takes it: who may not edit is heard by nobody, and what is not a message of the protocol ends that one connection. What a
room is, `interview/documents/` knows.
"""

import asyncio
import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Any
from weakref import WeakKeyDictionary

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado import web
from tornado.iostream import IOStream, StreamBufferFullError, StreamClosedError
from tornado.websocket import WebSocketHandler

from ..errors import DatabaseUnavailableError, NotFoundError
from ..interview.documents.catalogue import DocumentInfo, kind_of
from ..interview.documents.document import BrokenDocumentError
from ..interview.documents.files import UnusableFileError
from ..interview.documents.models import DocumentKind
from ..interview.documents.room import Author, Room
from ..interview.documents.rooms import DocumentUnavailableError
from ..interview.documents.service import DocumentService
from ..interview.documents.updates import UnreadableUpdateError
from ..interview.roles import Capability
from ..interview.sessions.access import Access
from ..services import Services
from .access import access_to
from .awareness import Speakers
from .connections import Holder, connections_of
from .files import place_of
from .identity import SERVICES_KEY, CodeWithMeUser, actor_of, person_color
from .messages import (
    Kind,
    MalformedMessageError,
    Presence,
    Report,
    Step,
    asks_for_reports,
    read_awareness,
    read_document,
    read_save,
    report,
    save_answer,
    trouble_report,
    write_awareness,
)
from .messages import kind_of as kind_of_message

MAX_MESSAGE_BYTES = 16 * 2**20
"""A pasted file of the largest allowed size, and the history that a returning tab brings."""
MAX_AWARENESS_BYTES = 64 * 2**10
MAX_UNSENT_BYTES = 32 * 2**20
"""What is kept for a browser that does not read; then it is disconnected, and catches up when it comes back."""
PING_INTERVAL_S = 12
"""A connection that does not answer a ping until the next one is due is over: nobody is seen for long who has gone without a
word."""

SPEAKERS_KEY = "codewithme_speakers"

CLOSE_GOING_AWAY = 1001
CLOSE_UNAVAILABLE = 1003
"""JupyterLab shows the reason, and does not come back by itself."""
CLOSE_MALFORMED = 1007
CLOSE_REFUSED = 1008
CLOSE_LATER = 1013
CLOSE_MISSING = 4404

DOCUMENT_FORMATS = {DocumentKind.FILE: "text", DocumentKind.NOTEBOOK: "json"}
"""JupyterLab's format of each kind of document; any other pair would be a second document on the same file."""

_BINARY_FRAME = 0x82
_ROOM_PREFIX = "/api/collaboration/room/"


async def document_of(handler: JupyterHandler, room_id: str) -> DocumentInfo | None:
    """The document in a room; None for rooms that are no documents, such as the global awareness."""
    # An id in any other spelling would be one room to a browser and another to somebody who compares.
    if not handler.request.path.endswith(_ROOM_PREFIX + room_id):
        return None
    document_format, _, rest = room_id.partition(":")
    kind, _, document_id = rest.partition(":")
    info = await _documents(handler).find(document_id)
    if info is None or (document_format, kind) != (DOCUMENT_FORMATS[info.kind], info.kind):
        return None
    return info


class RoomSocket(WebSocketHandler, JupyterHandler):
    """One browser's connection to one document."""

    auth_resource = "contents"
    access: Access | None = None
    """What the person is in the document's session, set by the gate; None for an admin who is no participant."""
    holder: Holder | None = None
    """Whose connection it is, set by the gate."""
    document_id = ""
    """Set by the gate too."""
    _is_cut = False
    _may_edit = False
    _reports = False
    _edits = 0
    """How many edit messages have come."""
    _durable = 0
    """How many of them are on disk."""
    _room: Room | None = None
    _author: Author
    _identity: dict[str, Any]
    _speakers: Speakers
    _shown: set[int]
    """The client ids this connection spoke for."""

    async def prepare(self) -> None:  # type: ignore[override]  # Jupyter's returns what no caller uses
        """Everything that can be refused is refused here, before there is a room."""
        self._shown = set()
        self._saves = set[asyncio.Task[None]]()
        try:
            await JupyterHandler.prepare(self, _redirect_to_login=False)
        except DatabaseUnavailableError as error:
            raise web.HTTPError(HTTPStatus.SERVICE_UNAVAILABLE, error.message) from error
        if not self.check_origin():
            raise web.HTTPError(HTTPStatus.FORBIDDEN, "This page is not of this server.")
        if self.holder is None:
            raise web.HTTPError(HTTPStatus.FORBIDDEN)

    def check_origin(self, origin: str = "") -> bool:
        """Jupyter's check; tornado's asks for less."""
        return JupyterHandler.check_origin(self, origin)

    @property
    def max_message_size(self) -> int:
        """In bytes; tornado closes the connection of whoever sends more."""
        return MAX_MESSAGE_BYTES

    @property
    def ping_interval(self) -> float:
        """In seconds; Jupyter's settings ask, and do not wait for an answer."""
        return PING_INTERVAL_S

    @property
    def ping_timeout(self) -> float:
        """In seconds."""
        return PING_INTERVAL_S

    @ws_authenticated
    @authorized
    async def get(self, *args: str, **kwargs: str) -> None:
        """Open the websocket."""
        await super().get(*args, **kwargs)

    async def open(self, *_path: str, **_parts: str) -> None:
        """Join the room and learn who else is there."""
        self.set_nodelay(True)
        if self._stream is not None:
            self._stream.max_write_buffer_size = MAX_UNSENT_BYTES
        connections_of(self).add(self, self._holder)
        await self.rights_changed()
        if self._is_cut:
            return
        actor = actor_of(self)
        assert actor is not None  # the gate let them in
        self._author = Author(actor.user_id, actor.name)
        self._identity = self._known_identity()
        room = await self._join()
        if room is None:
            return
        if self._is_cut:
            self._documents.leave(room, self)
            return
        self._room = room
        self._speakers = _speakers(self.settings, room)
        if self._may_edit:
            room.ask(self)
        self._show(self._speakers.others(()))

    def on_message(self, message: str | bytes) -> None:
        """Do what the person may do, and nothing else."""
        room = self._room
        if self._is_cut or room is None:
            return
        try:
            self._take(room, message)
        except (MalformedMessageError, UnreadableUpdateError, BrokenDocumentError) as error:
            self.log.info("A message in room %s is malformed: %s", self.document_id, error)
            self._end(CLOSE_MALFORMED, "This message cannot be read.")

    def send(self, messages: Sequence[bytes]) -> None:
        """To the browser; one that does not read is let go rather than kept in memory or waited for."""
        stream = self._stream
        if self._is_cut or stream is None:
            return
        try:
            # Tornado's own way makes a task for each message, which costs more than everything else a message does here.
            stream.write(_frames(messages))
        except StreamClosedError:
            return
        except StreamBufferFullError:
            self.log.info("A connection to room %s does not keep up", self.document_id)
            self._is_cut = True
            stream.close()  # there is no room for a closing frame either

    def durable(self, count: int) -> None:
        """The room: the first `count` edit messages are on disk."""
        self._durable = max(self._durable, count)
        if self._reports:
            self.send((report(Report.STORED, self._durable),))

    def refuse(self, number: int) -> None:
        """The room: not all of this edit message was taken."""
        if self._reports:
            self.send((report(Report.REFUSED, number),))

    def trouble(self, text: str) -> None:
        """The room: why nothing can be stored just now, or that it can again."""
        if self._reports:
            self.send((trouble_report(text),))

    def dismiss(self, reason: str, *, is_final: bool) -> None:
        """The room closes."""
        if is_final:
            self._end(CLOSE_UNAVAILABLE, _shown_reason(reason))
        else:
            self._end(CLOSE_GOING_AWAY, reason)

    def on_close(self) -> None:
        """Leave the room; the person's cursor goes at once instead of after half a minute."""
        connections_of(self).remove(self)
        self._is_cut = True
        room, self._room = self._room, None
        if room is not None:
            self._documents.leave(room, self)
            self._hide(room)

    def cut(self, reason: str) -> None:
        """Nothing more in either direction, even while the browser has not yet answered the closing."""
        self._end(CLOSE_REFUSED, reason)

    async def rights_changed(self) -> None:
        """The editor was frozen or unfrozen, or the interview has ended: whoever held it may go on reading."""
        async with self._asking:  # in turn, so that no older answer replaces a newer one
            could_edit = self._may_edit
            try:
                is_admitted = await self._is_still_admitted()
            except Exception:
                self._may_edit = False
                raise
            if not is_admitted:
                self.cut("You are not in this interview, or it has ended.")
                return
            self._may_edit = self.access is None or Capability.EDIT in self.access.capabilities
        if self._room is None or self._may_edit == could_edit:
            return
        self._tell_rights()
        if self._may_edit:
            # What was typed as the editor froze was not taken, and nothing typed later fits without it: ask for it.
            self._room.ask(self)

    def _take(self, room: Room, message: str | bytes) -> None:
        if isinstance(message, str):
            raise MalformedMessageError("text instead of bytes")
        match kind_of_message(message):
            case Kind.DOCUMENT:
                self._take_document(room, *read_document(message))
            case Kind.AWARENESS:
                self._take_awareness(room, message)
            case Kind.COMMAND:
                self._take_command(room, read_save(message))
            case Kind.REPORT:
                self._take_wish_for_reports(asks_for_reports(message))
            case None:
                pass

    def _take_document(self, room: Room, step: Step, payload: bytes) -> None:
        if step is Step.ASK:
            room.answer(self, payload)
            return
        self._edits += 1
        if not self._may_edit:
            self.refuse(self._edits)
        elif not self._documents.may_take():
            self._end(CLOSE_LATER, "Changes cannot be saved just now.")
        else:
            room.receive(self, self._edits, self._author, payload, is_answer=step is Step.ANSWER)

    def _take_awareness(self, room: Room, message: bytes) -> None:
        if len(message) > MAX_AWARENESS_BYTES:
            raise MalformedMessageError("a state is too large")
        own = self._speakers.own(self._holder.user_id, read_awareness(message), self._identity)
        if not own:
            return
        self._shown.update(presence.client_id for presence in own)
        # To the sender as well: JupyterLab's provider takes a connection on which it hears nothing for a dead one.
        told = (write_awareness(own),)
        for member in list(room.members):
            member.send(told)

    def _take_command(self, room: Room, number: int | None) -> None:
        if number is None:
            return
        if not self._may_edit:
            self.send((save_answer(number, is_saved=True),))  # there is nothing of theirs to be saved
            return
        task = asyncio.create_task(self._save(room, number), name=f"saving {self.document_id}")
        self._saves.add(task)
        task.add_done_callback(self._saves.discard)

    def _take_wish_for_reports(self, is_understood: bool) -> None:
        if not is_understood:
            return
        self._reports = True
        self._tell_rights()
        self.trouble(self._documents.trouble)
        if self._durable:
            self.send((report(Report.STORED, self._durable),))

    async def _save(self, room: Room, number: int) -> None:
        try:
            await self._documents.save(room)
        except (OSError, UnusableFileError) as error:
            self.log.error("A document could not be saved: %s", error)
            self.send((save_answer(number, is_saved=False),))
        else:
            self.send((save_answer(number, is_saved=True),))

    async def _join(self) -> Room | None:
        try:
            return await self._documents.join(self.document_id, self)
        except DocumentUnavailableError as error:
            self.log.info("Room %s cannot be opened: %s", self.document_id, error)
            if error.is_missing:
                self._end(CLOSE_MISSING, "There is no such file.")
            else:
                self._end(CLOSE_UNAVAILABLE, _shown_reason(str(error)))
        except (DatabaseUnavailableError, ConnectionError):
            self._end(CLOSE_LATER, "The database does not answer.")
        return None

    def _tell_rights(self) -> None:
        if self._reports:
            self.send((report(Report.MAY_EDIT, int(self._may_edit)),))

    def _show(self, presences: Sequence[Presence]) -> None:
        if presences:
            self.send((write_awareness(presences),))

    def _hide(self, room: Room) -> None:
        # A tab that has come back already has its state from its new connection.
        others = [member for member in room.members if isinstance(member, RoomSocket)]
        gone = self._speakers.gone(self._shown.difference(*(other._shown for other in others)))
        for other in others:
            other._show(gone)

    async def _is_still_admitted(self) -> bool:
        """Asked again once an event could reach this connection, so that nobody slips in between."""
        actor = actor_of(self)
        if actor is None or self._holder.session_id is None:
            return actor is not None and actor.is_admin
        self.access = await access_to(self, actor, self._holder.session_id)
        return self.access is not None or actor.is_admin

    @cached_property
    def _asking(self) -> asyncio.Lock:
        return asyncio.Lock()

    def _known_identity(self) -> dict[str, Any]:
        user = self.current_user
        assert isinstance(user, CodeWithMeUser)
        identity: dict[str, Any] = self.identity_provider.identity_model(user)
        if self.access is not None:
            identity["color"] = person_color(self.access.color)
        return identity

    def _end(self, code: int, reason: str) -> None:
        self._is_cut = True
        self.close(code, reason)

    @property
    def _stream(self) -> IOStream | None:
        return self.ws_connection.stream if self.ws_connection is not None else None

    @property
    def _documents(self) -> DocumentService:
        return _documents(self)

    @property
    def _holder(self) -> Holder:
        assert self.holder is not None
        return self.holder


def _documents(handler: JupyterHandler) -> DocumentService:
    services: Services = handler.settings[SERVICES_KEY]
    return services.documents


def _speakers(settings: dict[str, Any], room: Room) -> Speakers:
    rooms: WeakKeyDictionary[Room, Speakers] = settings.setdefault(SPEAKERS_KEY, WeakKeyDictionary())
    speakers = rooms.get(room)
    if speakers is None:
        speakers = rooms[room] = Speakers(room.owners)
    return speakers


def _frames(messages: Iterable[bytes]) -> bytes:
    parts = []
    for message in messages:
        size = len(message)
        if size < 126:
            parts.append(bytes((_BINARY_FRAME, size)))
        elif size < 2**16:
            parts.append(bytes((_BINARY_FRAME, 126)) + size.to_bytes(2))
        else:
            parts.append(bytes((_BINARY_FRAME, 127)) + size.to_bytes(8))
        parts.append(message)
    return b"".join(parts)


def _shown_reason(reason: str) -> str:
    """A reason that JupyterLab shows in a dialog; there is room for 123 bytes."""
    return json.dumps({"reason": "initialization_error", "errorReason": reason[:70]}, separators=(",", ":"))


class RoomAddress(APIHandler):
    """Tells a browser which room a file is open in."""

    auth_resource = "contents"

    @web.authenticated
    @authorized
    async def put(self, path: str) -> None:
        """The room of the file at a contents path."""
        body = self.get_json_body()
        kind = kind_of(path)
        wanted = {"format": DOCUMENT_FORMATS[kind], "type": kind.value}
        if not isinstance(body, dict) or any(body.get(name) != value for name, value in wanted.items()):
            raise web.HTTPError(HTTPStatus.BAD_REQUEST, f"Send {json.dumps(wanted)} for this file.")
        place = place_of(path)
        try:
            info = await _documents(self).identify(path, place.session_id if place is not None else None)
        except NotFoundError as error:
            raise web.HTTPError(HTTPStatus.NOT_FOUND, error.message) from error
        except DatabaseUnavailableError as error:
            raise web.HTTPError(HTTPStatus.SERVICE_UNAVAILABLE, error.message) from error
        # The session is JupyterLab's way to tell tabs from before a restart; here those may come back like any other.
        self.finish(json.dumps({**wanted, "fileId": info.id, "sessionId": info.id}))
