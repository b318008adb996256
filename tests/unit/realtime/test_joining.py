"""Following a session while what one may see of it changes."""

import pytest
import socketio

from codewithme_ext.interview.accounts.actor import NOWHERE, Actor
from codewithme_ext.interview.admission.service import AdmissionService
from codewithme_ext.interview.sessions.schemas import Door
from codewithme_ext.realtime.connections import Connection, Connections, session_room
from codewithme_ext.realtime.fanout import Fanout
from codewithme_ext.realtime.flood import Doorstep
from codewithme_ext.realtime.namespace import InterviewNamespace
from factories import World


async def test_whoever_is_removed_while_they_join_hears_nothing_of_the_interview(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    server = socketio.AsyncServer(async_mode="asgi")
    connections = Connections()
    fanout = Fanout(server, world.services, connections)
    world.services.bus.subscribe(fanout.on_event)
    namespace = InterviewNamespace(world.services, connections, fanout, Doorstep(wait_s=30))
    server.register_namespace(namespace)
    connection = Connection(sid=await server.manager.connect("transport", "/"), actor=priya, sender=NOWHERE)
    connections.add(connection)
    door = AdmissionService.door

    async def door_and_is_removed(admission: AdmissionService, actor: Actor, session_id: str) -> Door:
        found = await door(admission, actor, session_id)
        monkeypatch.undo()
        await admission.remove(maya, session_id, priya.person_id, "")
        return found

    monkeypatch.setattr(AdmissionService, "door", door_and_is_removed)
    acknowledged = await namespace.on_join_session(connection, {"sessionId": session.id})
    assert acknowledged["state"] == "removed"
    assert not connection.is_inside
    assert session_room(session.id) not in server.rooms(connection.sid)
    await fanout.stop()
