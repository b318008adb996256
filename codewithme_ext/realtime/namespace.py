"""Messages from browsers: each is checked, calls a service, and is acknowledged.

An acknowledgement is `{"status": "success", "data"?}` or the error shape of REST; no message can end the connection's handler.
"""

import logging
from collections.abc import Mapping
from typing import Any

import socketio
from socketio.exceptions import ConnectionRefusedError as Refused

from ..errors import CodeWithMeError, InvalidInputError, NotFoundError, RateLimitedError, as_payload
from ..interview.admission.schemas import JoinRequest
from ..interview.chat.schemas import ChatWish
from ..interview.execution.schemas import RunPointer, RunRequest, TypedText
from ..interview.sessions.schemas import Door, SessionChanges
from ..interview.wire import parse
from ..jupyter.sender import sender_of
from ..services import Services
from . import protocol
from .connections import Connection, Connections, user_room
from .fanout import Fanout
from .flood import CONNECTION, PLACES_OF_A_PERSON, Doorstep

log = logging.getLogger(__name__)

Acknowledgement = Mapping[str, object]


class InterviewNamespace(socketio.AsyncNamespace):  # type: ignore[misc]  # the library has no types
    """The one namespace, `/`, as the stock clients use it."""

    def __init__(self, services: Services, connections: Connections, fanout: Fanout, doorstep: Doorstep) -> None:
        super().__init__("/")
        self._services = services
        self._connections = connections
        self._fanout = fanout
        self._doorstep = doorstep

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """Dispatch `chat-message` to `on_chat_message`, and turn errors into acknowledgements."""
        sid, *data = args
        if event == "disconnect" or (event == "connect" and not self._connections.knows(sid)):
            return await super().trigger_event(event, *args)
        is_message = "_" not in event and event != "connect"
        handler = getattr(self, f"on_{event.replace('-', '_')}", None) if is_message else None
        try:
            if handler is None:
                raise NotFoundError("There is no such message.")
            answer = await handler(self._connections.get(sid), data[0] if data else {})
        except CodeWithMeError as error:
            return as_payload(error)
        except Exception:
            log.exception("A client's %s failed", event)
            return {
                "status": "error",
                "code": "internal",
                "message": "Something went wrong on the server. It has been logged; try again.",
            }
        return {"status": "success"} if answer is None else {"status": "success", "data": answer}

    async def on_connect(self, sid: str, environ: Mapping[str, Any], auth: Any = None) -> None:
        """Let a connection in that brings a live access token."""
        try:
            actor = await self._services.logins.authenticate(parse(protocol.Handshake, auth).token)
        except InvalidInputError:
            raise Refused("Log in first: connect with auth {token}.", {"code": "not_authenticated"}) from None
        except CodeWithMeError as error:
            raise Refused(error.message, {"code": error.code}) from None
        if self._connections.number_of(actor.person_id) >= PLACES_OF_A_PERSON:
            raise Refused("Too many connections are open. Close some tabs.", {"code": RateLimitedError.code})
        self._doorstep.leave(environ[CONNECTION])
        self._connections.add(Connection(sid=sid, actor=actor, sender=sender_of(environ["tornado.handler"])))
        await self.enter_room(sid, user_room(actor.person_id))

    async def on_disconnect(self, sid: str, _reason: str) -> None:
        """Forget a connection."""
        connection = self._connections.remove(sid)
        if connection is not None:
            await self._unfollow(connection)

    async def on_join_session(self, connection: Connection, data: Any) -> Acknowledgement:
        """Follow a session: from inside if admitted, else from the waiting room."""
        wish = parse(protocol.JoinSession, data)
        door = await self._door(connection, wish)
        if connection.session_id is not None and connection.session_id != door.id:
            await self._unfollow(connection)
        async with self._services.bus.between_events():
            # Once more: of somebody who was put out just now, the event found no connection that followed.
            door = await self._services.admission.door(connection.actor, door.id)
            await self._fanout.follow(connection, door)
        await self._services.attendance.connected(connection.actor, door.id, connection.sid)
        await self._fanout.greet(connection, door)
        return {"sessionId": door.id, "state": door.state, "role": door.role}

    async def on_leave_session(self, connection: Connection, data: Any) -> None:
        """Stop following."""
        if parse(protocol.LeaveSession, data).sessionId == connection.session_id:
            await self._unfollow(connection)

    async def on_admit_participant(self, connection: Connection, data: Any) -> None:
        """Let somebody in."""
        wish = parse(protocol.Person, data)
        await self._services.admission.admit(connection.actor, wish.sessionId, self._user_id(wish))

    async def on_reject_participant(self, connection: Connection, data: Any) -> None:
        """Refuse somebody who waits."""
        wish = parse(protocol.Person, data)
        await self._services.admission.reject(connection.actor, wish.sessionId, self._user_id(wish), wish.message)

    async def on_remove_participant(self, connection: Connection, data: Any) -> None:
        """Put somebody out."""
        wish = parse(protocol.Person, data)
        await self._services.admission.remove(connection.actor, wish.sessionId, self._user_id(wish), wish.message)

    async def on_set_auto_admit(self, connection: Connection, data: Any) -> None:
        """Switch the waiting room's auto-admit."""
        wish = parse(protocol.AutoAdmit, data)
        await self._services.sessions.update(connection.actor, wish.sessionId, SessionChanges(auto_admit=wish.enabled))

    async def on_chat_message(self, connection: Connection, data: Any) -> Acknowledgement:
        """Write to everyone."""
        wish = parse(ChatWish, data)
        message = await self._services.chat.send(connection.actor, self._inside(connection), wish)
        return message.model_dump(mode="json")

    async def on_language_change(self, connection: Connection, data: Any) -> None:
        """Choose the interview's language."""
        wish = parse(protocol.LanguageChange, data)
        await self._services.sessions.change_language(connection.actor, self._inside(connection), wish.language)

    async def on_run_code(self, connection: Connection, data: Any) -> Acknowledgement:
        """Run a program; output and result come to everyone."""
        wish = parse(RunRequest, data)
        started = await self._services.execution.start(connection.actor, self._inside(connection), wish)
        return started.model_dump(mode="json")

    async def on_run_stop(self, connection: Connection, data: Any) -> None:
        """Stop a program that runs."""
        wish = parse(RunPointer, data)
        await self._services.execution.stop(connection.actor, self._inside(connection), wish.executionId)

    async def on_run_input(self, connection: Connection, data: Any) -> None:
        """Type into a program that runs."""
        wish = parse(TypedText, data)
        await self._services.execution.type_into(connection.actor, self._inside(connection), wish)

    async def on_signal(self, connection: Connection, data: Any) -> None:
        """Pass a WebRTC signal to one other connection inside the same session."""
        wish = parse(protocol.Signal, data)
        session_id = self._inside(connection)
        if not await self._is_inside(session_id, wish.toSocketId):
            raise NotFoundError("The other person's connection is closed.")
        await self.emit(
            "signal",
            {
                "from": connection.sid,
                "signal": wish.signal,
                "username": connection.actor.name,
                "userId": connection.actor.user_id,
            },
            to=wish.toSocketId,
        )

    async def _is_inside(self, session_id: str, sid: str) -> bool:
        """Whether that is a connection, to whichever server, of somebody inside the session."""
        here = next((c for c in self._connections.of_session(session_id) if c.sid == sid), None)
        if here is not None:
            return here.is_inside
        user_id = self._services.presence.person_behind(session_id, sid)
        return user_id is not None and user_id in dict(await self._services.sessions.involved(session_id))

    async def _door(self, connection: Connection, wish: protocol.JoinSession) -> Door:
        try:
            return await self._services.admission.enter(connection.actor, wish.sessionId)
        except NotFoundError:
            if connection.actor.is_guest:
                raise
        return await self._services.admission.join(
            connection.actor, JoinRequest(id=wish.sessionId, password=wish.password), connection.sender
        )

    async def _unfollow(self, connection: Connection) -> None:
        session_id = connection.session_id
        if session_id is None:
            return
        await self._fanout.unfollow(connection)
        await self._services.attendance.disconnected(connection.actor, session_id, connection.sid)
        await self._fanout.waiting_list.show(session_id)

    def _inside(self, connection: Connection) -> str:
        if connection.session_id is None or not connection.is_inside:
            raise NotFoundError("You are not in an interview. Send join-session first, and wait to be admitted.")
        return connection.session_id

    def _user_id(self, wish: protocol.Person) -> str:
        if wish.userId is not None:
            return wish.userId
        user_id = self._services.presence.person_behind(wish.sessionId, wish.participantSocketId or "")
        if user_id is None:
            raise NotFoundError("This person's connection is closed. Use userId, which outlives connections.")
        return user_id
