"""The documents people write together: jupyter-collaboration's Yjs rooms, with rights asked for before and in every message.

The stock handler makes the room, and reads its file, before anybody has been asked who they are; it takes a connection from any
site; and once somebody is in, it passes everything on. Ours decides first (the gate, in `prepare`), then looks at each message
before the room does: who may not edit is heard by nobody, and what is not a message of the protocol ends that one connection.
"""

import asyncio
from collections.abc import Awaitable
from functools import cached_property
from http import HTTPStatus
from typing import Any
from weakref import WeakKeyDictionary

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server_ydoc.handlers import DocSessionHandler, YDocWebSocketHandler
from jupyter_server_ydoc.utils import room_id_from_encoded_path
from pycrdt import create_sync_message
from pycrdt.websocket import YRoom
from tornado import web
from tornado.iostream import StreamBufferFullError
from tornado.websocket import WebSocketClosedError

from ..interview.roles import Capability
from ..interview.sessions.access import Access
from .access import access_to
from .awareness import Speakers
from .connections import Holder, OpenConnections
from .identity import CodeWithMeUser, actor_of, person_color
from .messages import (
    Kind,
    MalformedMessageError,
    Presence,
    Step,
    is_save,
    kind_of,
    read_awareness,
    step_of,
    write_awareness,
)

MAX_MESSAGE_BYTES = 16 * 2**20
"""A pasted file of the largest allowed size, and the history that a returning tab brings."""
MAX_AWARENESS_BYTES = 64 * 2**10
MAX_UNSENT_BYTES = 64 * 2**20
"""What is kept for a browser that does not read; then it is disconnected, and catches up when it comes back."""

CONNECTIONS_KEY = "codewithme_connections"
SPEAKERS_KEY = "codewithme_speakers"

CLOSE_REFUSED = 1008
CLOSE_MALFORMED = 1007
CLOSE_BROKEN = 1011

DOCUMENT_KINDS = (("text", "file"), ("json", "notebook"))
"""The format and type of documents there are; any other pair would open a second room on the same file."""


def document_path(handler: JupyterHandler, room_id: str) -> str | None:
    """The contents path of the document in a room; None for rooms that are no documents, such as the global awareness."""
    # The stock handler takes the id from the address as it was sent. An encoded one would be one room to it and another to us.
    if room_id != room_id_from_encoded_path(handler.request.path):
        return None
    document_format, _, rest = room_id.partition(":")
    document_type, _, file_id = rest.partition(":")
    if (document_format, document_type) not in DOCUMENT_KINDS:
        return None
    path: str | None = handler.settings["file_id_manager"].get_path(file_id)
    return path


class RoomSocket(YDocWebSocketHandler):  # type: ignore[misc]  # the stock handler has no types
    """One browser's connection to one document."""

    access: Access | None = None
    """What the person is in the document's session, set by the gate; None for an admin who is no participant."""
    holder: Holder | None = None
    """Whose connection it is, set by the gate."""
    _is_cut = False
    _may_edit = False
    _has_joined = False
    _identity: dict[str, Any]
    _speakers: Speakers
    _shown: dict[int, int]
    """The client ids this connection spoke for, and their clocks."""

    async def prepare(self) -> None:
        """Everything that can be refused is refused here, before there is a room."""
        self._shown = {}
        await JupyterHandler.prepare(self, _redirect_to_login=False)
        if not self.check_origin():
            raise web.HTTPError(HTTPStatus.FORBIDDEN, "This page is not of this server.")
        if self.holder is None:
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            # Tornado says so too, but only after there would be a room that nobody is in.
            raise web.HTTPError(HTTPStatus.BAD_REQUEST, "This address is for websockets.")
        await super().prepare()

    def check_origin(self, origin: str = "") -> bool:
        """Jupyter's check, which the stock handler switches off."""
        return JupyterHandler.check_origin(self, origin)

    @property
    def max_message_size(self) -> int:
        """In bytes; tornado closes the connection of whoever sends more."""
        return MAX_MESSAGE_BYTES

    async def open(self, room_id: str) -> None:
        """Join the room and learn who else is there."""
        self.set_nodelay(True)
        self.ws_connection.stream.max_write_buffer_size = MAX_UNSENT_BYTES
        self._connections.add(self, self._holder)
        await self.rights_changed()
        if self._is_cut:
            return
        self._identity = self._known_identity()
        self._speakers = _speakers(self.settings, self.room)
        await super().open(room_id)
        self._has_joined = True
        if not self._is_cut:
            await self._show_others()

    async def on_message(self, message: str | bytes) -> None:
        """Pass on what the person may say, and nothing else."""
        if self._is_cut:
            return
        try:
            passed = self._passed(message)
        except MalformedMessageError as error:
            self.log.info("A message in room %s is malformed: %s", self._room_id, error)
            self._end(CLOSE_MALFORMED, "This message cannot be read.")
            return
        if passed is not None:
            await super().on_message(passed)

    async def send(self, message: bytes) -> None:
        """To the browser; one that does not read is let go rather than kept in memory."""
        if self._is_cut:
            return
        try:
            await self.write_message(message, binary=True)
        except WebSocketClosedError:
            return
        except StreamBufferFullError:
            self.log.info("A connection to room %s does not keep up", self._room_id)
            self._stop()
            self.ws_connection.stream.close()  # there is no room for a closing frame either

    def on_close(self) -> None:
        """Leave the room; the person's cursor goes at once instead of after half a minute."""
        self._connections.remove(self)
        self._hide()
        super().on_close()

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
        if self._has_joined and self._may_edit and not could_edit:
            # What was typed as the editor froze was not taken, and nothing typed later fits without it: ask for it.
            await self.send(create_sync_message(self.room.ydoc))

    def create_task(self, work: Awaitable[Any]) -> None:
        """The stock handler's tasks, each of which ends this connection if it breaks, and no other."""
        super().create_task(self._guarded(work))

    async def _guarded(self, work: Awaitable[Any]) -> None:
        try:
            await work
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of pycrdt's is no Exception
            self.log.error("A connection to room %s broke", self._room_id, exc_info=error)
            self._end(CLOSE_BROKEN, "The document could not take this.")

    def _passed(self, message: str | bytes) -> bytes | None:
        if isinstance(message, str):
            raise MalformedMessageError("text instead of bytes")
        match kind_of(message):
            case Kind.DOCUMENT:
                return message if step_of(message) is Step.ASK or self._may_edit else None
            case Kind.AWARENESS:
                return self._passed_awareness(message)
            case Kind.COMMAND:
                return message if is_save(message) and self._may_edit else None
            case Kind.REPORT | None:
                return None

    def _passed_awareness(self, message: bytes) -> bytes | None:
        if len(message) > MAX_AWARENESS_BYTES:
            raise MalformedMessageError("a state is too large")
        own = self._speakers.own(self._holder.user_id, read_awareness(message), self._identity)
        for presence in own:
            self._shown[presence.client_id] = presence.clock
        return write_awareness(own) if own else None

    async def _show_others(self) -> None:
        awareness = self.room.awareness
        others = [
            Presence(client_id, awareness.meta[client_id]["clock"], state)
            for client_id, state in awareness.states.items()
            if state and client_id not in self._shown
        ]
        if others:
            await self.send(write_awareness(others))

    def _hide(self) -> None:
        awareness = self.room.awareness
        mine = {client_id for client_id in self._shown if client_id in awareness.states}
        # A tab that has come back already has its state from its new connection.
        mine -= {client_id for other in self._others() for client_id in other._shown}
        if not mine:
            return
        gone = [Presence(client_id, awareness.meta[client_id]["clock"], None) for client_id in mine]
        awareness.remove_awareness_states(list(mine), "connection closed")
        message = write_awareness(gone)
        for other in self._others():
            other.create_task(other.send(message))

    def _others(self) -> list["RoomSocket"]:
        return [client for client in self.room.clients if client is not self and isinstance(client, RoomSocket)]

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
        self._stop()
        self.close(code, reason)

    def _stop(self) -> None:
        self._is_cut = True
        self._message_queue.put_nowait(b"")  # ends the stock handler's loop over messages

    @property
    def _holder(self) -> Holder:
        assert self.holder is not None
        return self.holder

    @property
    def _connections(self) -> OpenConnections:
        connections: OpenConnections = self.settings[CONNECTIONS_KEY]
        return connections


def _speakers(settings: dict[str, Any], room: YRoom) -> Speakers:
    rooms: WeakKeyDictionary[YRoom, Speakers] = settings.setdefault(SPEAKERS_KEY, WeakKeyDictionary())
    return rooms.setdefault(room, Speakers(room.awareness.client_id))


class RoomAddress(DocSessionHandler):  # type: ignore[misc]  # the stock handler has no types
    """Tells a browser which room a file is open in."""

    async def put(self, path: str) -> None:
        """Refuses a body that would make the stock handler fail."""
        body = self.get_json_body()
        if not isinstance(body, dict) or (body.get("format"), body.get("type")) not in DOCUMENT_KINDS:
            raise web.HTTPError(
                HTTPStatus.BAD_REQUEST, 'Send {"format": "text", "type": "file"}, or "json" and "notebook".'
            )
        await super().put(path)
