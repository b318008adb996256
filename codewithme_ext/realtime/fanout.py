"""Committed events out to the browsers whom they concern.

Theory of operation: a connection follows at most one session, either from inside (it is in the session's room, and in the
hosts' room if its person may admit) or from the waiting room, to which nothing but the person's own admission is sent. Being
inside follows from the database, and only this module moves connections between rooms: when they join, and when an event says
that the person was admitted, put out, or that the session is over. What goes out is built from the event and, where a list is
shown, from the database after the commit.

Where there are several servers, each hears every event and tells the connections it has itself (`ignore_queue`). Only what is
for one connection, a signal, goes through Socket.IO's own queue to all of them.
"""

import asyncio
from collections.abc import Sequence
from typing import cast

import socketio

from ..errors import NotFoundError
from ..events.bus import Committed
from ..events.types import (
    Audience,
    EditingFrozen,
    EditingUnfrozen,
    Event,
    ExecutionFinished,
    LanguageChanged,
    LogInsEnded,
    ParticipantAdmitted,
    ParticipantLeft,
    ParticipantOffline,
    ParticipantOnline,
    ParticipantRejected,
    ParticipantRemoved,
    ParticipantRoleChanged,
    ParticipantWaiting,
    SessionCreated,
    SessionDeleted,
    SessionEnded,
    SessionStarted,
    SessionUpdated,
)
from ..interview.roles import Capability, Role, may
from ..interview.sessions.schemas import Activity, Door, Participant, Session
from ..interview.wire import Shape
from ..services import Services
from . import messages
from .connections import Connection, Connections, hosts_room, session_room, user_room, waiting_room
from .waiting_list import WaitingList
from .wording import message_of

SHOWN_ON_DASHBOARDS = (
    SessionCreated,
    SessionUpdated,
    LanguageChanged,
    SessionStarted,
    SessionEnded,
    ParticipantWaiting,
    ParticipantAdmitted,
    ParticipantRejected,
    ParticipantRemoved,
    ParticipantRoleChanged,
    ParticipantLeft,
)


class Fanout:
    """A subscriber of the bus."""

    def __init__(self, server: socketio.AsyncServer, services: Services, connections: Connections) -> None:
        self._server = server
        self._services = services
        self._connections = connections
        self.waiting_list = WaitingList(server, services, connections)
        self._closing: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """No list is sent any more, and whoever is being put out is out."""
        await self.waiting_list.stop()
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def on_event(self, committed: Committed) -> None:
        """Tell those whom it concerns."""
        event = committed.event
        await self._tell_activity(committed)
        message = message_of(committed)
        if message is not None:
            name, content = message
            await self._send(name, content, session_room(event.session_id))
        match event:
            case ParticipantWaiting():
                await self.waiting_list.show(event.session_id)
            case ParticipantAdmitted():
                await self._let_in(event)
            case ParticipantRejected():
                await self._put_out(event.session_id, event.user_id, "rejected", event.message)
                await self.waiting_list.show(event.session_id)
            case ParticipantRemoved():
                await self._put_out(event.session_id, event.user_id, "removed", event.message)
                await self._show_people(event.session_id)
            case ParticipantLeft():
                await self._put_out(event.session_id, event.user_id, "left", "")
                await self._show_people(event.session_id)
                await self.waiting_list.show(event.session_id)
            case ParticipantRoleChanged():
                await self._move(event)
            case ParticipantOnline() | ParticipantOffline():
                name = "user-joined" if isinstance(event, ParticipantOnline) else "user-left"
                await self._tell_person(name, event.session_id, event.user_id, event.username, event.connection_id)
                await self._show_people(event.session_id)
                await self._tell_waiting(event.session_id)
            case SessionUpdated() | SessionStarted():
                await self._show_session(event)
                await self._tell_waiting(event.session_id)
            case EditingFrozen() | EditingUnfrozen() | LanguageChanged():
                await self._show_session(event)
            case SessionEnded():
                await self._end(committed, event)
            case SessionDeleted():
                await self._delete(event)
            case LogInsEnded():
                for connection in self._connections.of_devices(event.device_ids):
                    self._close(connection)
            case ExecutionFinished():
                await self._emit("run-code", event.result, session_room(event.session_id))
        if isinstance(event, SHOWN_ON_DASHBOARDS):
            for user_id, _ in await self._services.sessions.involved(event.session_id):
                await self._send(
                    "sessions-changed", messages.SessionPointer(sessionId=event.session_id), user_room(user_id)
                )

    async def follow(self, connection: Connection, door: Door) -> None:
        """Put a connection where its person stands."""
        connection.session_id = door.id
        connection.is_inside = door.state == "admitted" or (door.state == "ended" and may(door.role, Capability.ADMIT))
        if connection.is_inside:
            await self._enter(connection, door.id, door.role)
        elif door.state == "waiting":
            await self._server.enter_room(connection.sid, waiting_room(door.id))

    async def unfollow(self, connection: Connection) -> None:
        """Take a connection out of every room of its session."""
        session_id = connection.session_id
        connection.session_id = None
        connection.is_inside = False
        if session_id is not None:
            for room in (session_room(session_id), hosts_room(session_id), waiting_room(session_id)):
                await self._server.leave_room(connection.sid, room)

    async def greet(self, connection: Connection, door: Door) -> None:
        """Tell a connection that joined where it stands; inside, the whole state and the number it is true for."""
        await self._send("admission-status", _status(door), connection.sid)
        if connection.is_inside:
            await self._send_state(connection, door.id)
        else:
            await self.waiting_list.show(door.id)

    async def show_presence(self, session_id: str) -> None:
        """Somebody's connections to another server changed."""
        await self._show_people(session_id)
        await self.waiting_list.show(session_id)
        await self._tell_waiting(session_id)

    async def catch_up(self) -> None:
        """Events of other servers may have been missed: put every connection where the database says, and show it all anew."""
        for connection in self._connections.following():
            async with self._services.bus.between_events():
                await self._catch_up(connection)

    async def _catch_up(self, connection: Connection) -> None:
        session_id = connection.session_id
        if session_id is None:
            return  # went away while it was the others' turn
        try:
            door = await self._services.admission.door(connection.actor, session_id)
        except NotFoundError:
            await self._send("session-deleted", messages.SessionPointer(sessionId=session_id), connection.sid)
            await self.unfollow(connection)
            await self._services.attendance.forget(session_id, connection.actor.person_id, connection.sid)
            return
        if connection.session_id != session_id:
            return  # went on while we looked
        may_stay = door.state in ("admitted", "waiting") or (door.state == "ended" and may(door.role, Capability.ADMIT))
        if not may_stay:
            await self._put_out(session_id, connection.actor.person_id, _out_state(door), door.message)
            return
        await self.unfollow(connection)
        await self.follow(connection, door)
        await self.greet(connection, door)

    def _close(self, connection: Connection) -> None:
        # In a task: that somebody has gone is told by an event, which would wait for the one that is being told now.
        task = asyncio.create_task(self._server.disconnect(connection.sid), name=f"closing {connection.sid}")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _let_in(self, event: ParticipantAdmitted) -> None:
        for connection in self._connections.of_person(event.session_id, event.user_id):
            door = await self._services.admission.door(connection.actor, event.session_id)
            await self._server.leave_room(connection.sid, waiting_room(event.session_id))
            await self.follow(connection, door)
            await self._send("admission-status", _status(door), connection.sid)
            await self._send_state(connection, door.id)
        connected = self._services.presence.connections(event.session_id, event.user_id)
        if connected:
            await self._tell_person("user-joined", event.session_id, event.user_id, event.username, connected[0])
        await self._show_people(event.session_id)
        await self.waiting_list.show(event.session_id)

    async def _move(self, event: ParticipantRoleChanged) -> None:
        """Whoever may admit sees who waits; for everybody else that list is none of theirs any more."""
        for connection in self._connections.of_person(event.session_id, event.user_id):
            await self._server.leave_room(connection.sid, hosts_room(event.session_id))
            door = await self._services.admission.door(connection.actor, event.session_id)
            await self.follow(connection, door)
            await self._send("admission-status", _status(door), connection.sid)
            if connection.is_inside:
                await self._send_state(connection, door.id)
        await self._show_people(event.session_id)

    async def _put_out(self, session_id: str, user_id: str, state: messages.OutState, message: str) -> None:
        for connection in self._connections.of_person(session_id, user_id):
            was_inside = connection.is_inside
            await self.unfollow(connection)
            await self._send(
                "admission-status",
                messages.AdmissionStatus(
                    sessionId=session_id,
                    admitted=False,
                    isHost=False,
                    role=None,
                    state=state,
                    waitingForHost=False,
                    message=message,
                ),
                connection.sid,
            )
            if was_inside:
                await self._tell_person("user-left", session_id, user_id, connection.actor.name, connection.sid)
            await self._services.attendance.forget(session_id, user_id, connection.sid)

    async def _end(self, committed: Committed, event: SessionEnded) -> None:
        ended = messages.SessionMoment(
            sessionId=event.session_id, userId=event.actor_id, username=event.actor_name, at=committed.at
        )
        for room in (session_room(event.session_id), waiting_room(event.session_id)):
            await self._send("session-ended", ended, room)
        doors = await self._services.admission.doors(event.session_id)
        for connection in self._connections.of_session(event.session_id):
            door = doors.get(connection.actor.person_id)
            if door is None or not may(door.role, Capability.ADMIT):
                await self._put_out(event.session_id, connection.actor.person_id, "ended", "")
        await self._show_session(event)
        await self._show_people(event.session_id)
        await self.waiting_list.show(event.session_id)

    async def _delete(self, event: SessionDeleted) -> None:
        gone = messages.SessionPointer(sessionId=event.session_id)
        for connection in self._connections.of_session(event.session_id):
            await self._send("session-deleted", gone, connection.sid)
            await self.unfollow(connection)
            await self._services.attendance.forget(event.session_id, connection.actor.person_id, connection.sid)
        for user_id in event.user_ids:
            await self._send("sessions-changed", gone, user_room(user_id))

    async def _enter(self, connection: Connection, session_id: str, role: Role) -> None:
        await self._server.enter_room(connection.sid, session_room(session_id))
        if may(role, Capability.ADMIT):
            await self._server.enter_room(connection.sid, hosts_room(session_id))

    async def _send_state(self, connection: Connection, session_id: str) -> None:
        # The id is passed in: a page that goes on as soon as it is admitted stops following while we read.
        last_sequence = await self._services.sessions.last_sequence(session_id)
        session = await self._services.sessions.get(connection.actor, session_id)
        may_admit = may(session.role, Capability.ADMIT)
        state = messages.SessionState(
            session=session,
            participants=[_person(participant) for participant in session.participants],
            waiting=await self.waiting_list.entries(session.id) if may_admit else None,
            lastSequence=last_sequence,
            serverTime=self._services.units.now,
        )
        await self._send("session-state", state, connection.sid)
        if state.waiting is not None:
            waiting = [entry.model_dump(mode="json") for entry in state.waiting]
            await self._server.emit("waiting-room-list", waiting, to=connection.sid)

    async def _show_session(self, event: Event) -> None:
        """Everybody sees the same but for their own role, so it is read once for all of them."""
        inside = [c for c in self._connections.of_session(event.session_id) if c.is_inside]
        roles = dict(await self._services.sessions.involved(event.session_id)) if inside else {}
        session: Session | None = None
        for connection in inside:
            role = roles.get(connection.actor.person_id)
            if role is None:
                continue  # went just now; an event of its own says so
            if session is None:
                session = await self._services.sessions.get(connection.actor, event.session_id)
            await self._send("session-updated", session.model_copy(update={"role": role}), connection.sid)

    async def _show_people(self, session_id: str) -> None:
        if not self._connections.of_session(session_id):
            return
        people = await self._services.sessions.people(session_id)
        shown = messages.Participants(participants=[_person(person) for person in people])
        await self._send("participants", shown, session_room(session_id))

    async def _tell_waiting(self, session_id: str) -> None:
        """Those who wait see whether the host is here and what the host writes to them, and nothing else."""
        waiting = [c for c in self._connections.of_session(session_id) if not c.is_inside]
        doors = await self._services.admission.doors(session_id) if waiting else {}
        for connection in waiting:
            door = doors.get(connection.actor.person_id)
            if door is not None:
                await self._send("admission-status", _status(door), connection.sid)

    async def _tell_activity(self, committed: Committed) -> None:
        event = committed.event
        if committed.sequence is None or event.audience is Audience.NOBODY:
            return
        line = Activity(
            sequence=committed.sequence,
            type=event.type,
            userId=event.actor_id,
            username=event.actor_name,
            at=committed.at,
            data=event.data(),
        )
        room = session_room if event.audience is Audience.EVERYONE else hosts_room
        await self._send("activity", line, room(event.session_id))

    async def _tell_person(self, name: str, session_id: str, user_id: str, username: str, sid: str) -> None:
        sids = list(self._services.presence.connections(session_id, user_id))
        person = messages.PersonMessage(userId=user_id, username=username, socketId=sid)
        await self._emit(name, person.model_dump(mode="json"), session_room(session_id), skip_sid=sids)

    async def _send(self, name: str, message: Shape, to: str) -> None:
        await self._emit(name, message.model_dump(mode="json"), to)

    async def _emit(self, name: str, data: object, to: str, skip_sid: Sequence[str] | None = None) -> None:
        await self._server.emit(name, data, to=to, skip_sid=skip_sid, ignore_queue=True)


def _person(participant: Participant) -> messages.ParticipantEntry:
    return messages.ParticipantEntry(
        userId=participant.user_id,
        username=participant.name,
        role=participant.role,
        color=participant.color,
        isOnline=participant.is_online,
        joinedAt=participant.joined_at,
    )


def _out_state(door: Door) -> messages.OutState:
    return cast(messages.OutState, door.state)


def _status(door: Door) -> messages.AdmissionStatus:
    is_waiting = door.state == "waiting"
    return messages.AdmissionStatus(
        sessionId=door.id,
        admitted=door.state == "admitted",
        isHost=door.role is Role.HOST,
        role=door.role,
        state=door.state,
        waitingForHost=is_waiting and not door.host_is_online,
        message=door.waiting_room_message if is_waiting else door.message,
    )
