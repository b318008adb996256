"""What it takes to come in, and what only a host may do, over HTTP and Socket.IO (claims C14, C17, C21 and C23)."""

import asyncio
import json
from typing import Any

import httpx
import pytest
import websockets
from documents import room_address
from sockets import listening

from server import PLAIN, InterviewServer, Person, admit, create_session, invite, knock, register

PASSWORD = "open sesame 4711"
WRONG: list[Any] = [None, "", "open", PASSWORD + " ", PASSWORD.upper(), "x" * 1025]
MALFORMED: list[Any] = [True, 0, 4711, [], [PASSWORD], {}, {"$ne": ""}]


@pytest.fixture
def locked(maya: Person) -> dict[str, Any]:
    """An interview that asks for a password."""
    return create_session(maya, password=PASSWORD)


def test_claim_14_no_wrong_password_of_any_type_comes_in_over_http(locked: dict[str, Any], maya: Person) -> None:
    tomas = register(maya.server, "Tomas Ortega")
    link = {"session_id": locked["id"], "code": invite(maya, locked), "name": "Priya", "consent": True}
    for password in [*WRONG, *MALFORMED]:
        joined = tomas.request("POST", "api/v1/sessions/join", json={"id": locked["id"], "password": password})
        assert joined.status_code in (400, 404), (password, joined.text)
        accepted = httpx.post(
            f"{maya.server.url}api/v1/invitations/accept",
            json={**link, "password": password},
            timeout=30,
            verify=PLAIN,
        )
        assert accepted.status_code in (400, 403), (password, accepted.text)
    assert maya.call("GET", f"sessions/{locked['id']}/waiting")["waiting"] == []
    right = {"id": locked["id"], "password": PASSWORD, "consent": True}
    assert tomas.call("POST", "sessions/join", right)["session"]["state"] == "waiting"


async def test_claim_14_no_wrong_password_of_any_type_comes_in_over_the_socket(
    locked: dict[str, Any], maya: Person
) -> None:
    tomas = await asyncio.to_thread(register, maya.server, "Tomas Ortega")
    async with listening(tomas) as listener:
        for password in [*WRONG, *MALFORMED]:
            answer = await listener.send("join-session", {"sessionId": locked["id"], "password": password})
            assert answer["status"] == "error", password
        answer = await listener.send("join-session", {"sessionId": locked["id"], "password": PASSWORD})
        assert answer["data"]["state"] == "waiting"


async def test_claim_17_nobody_but_a_host_does_what_is_the_hosts_over_the_socket(
    session: dict[str, Any], maya: Person
) -> None:
    priya = admit(maya, session, knock(maya, session))
    jun = knock(maya, session, "Jun Watanabe")
    sid = session["id"]
    wishes: list[tuple[str, dict[str, Any]]] = [
        ("admit-participant", {"sessionId": sid, "userId": jun.id}),
        ("reject-participant", {"sessionId": sid, "userId": jun.id}),
        ("remove-participant", {"sessionId": sid, "userId": maya.id}),
        ("set-auto-admit", {"sessionId": sid, "enabled": True}),
    ]
    async with listening(priya, sid) as guest, listening(jun, sid) as waiting:
        for event, wish in wishes:
            assert (await guest.send(event, wish))["code"] == "not_permitted", event
            assert (await waiting.send(event, wish))["code"] == "not_found", event
    after = await asyncio.to_thread(maya.call, "GET", f"sessions/{sid}")
    assert after["session"]["auto_admit"] is False
    assert [p["name"] for p in after["session"]["participants"]] == ["Maya Lindqvist", "Priya Nair"]


async def test_claim_21_who_waits_gets_neither_the_document_nor_its_file(session: dict[str, Any], maya: Person) -> None:
    jun = knock(maya, session, "Jun Watanabe")
    main = f"{session['folder']}/main.py"
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(room_address(maya, main), additional_headers=jun.headers)
    assert refused.value.response.status_code == 403
    for path in (f"api/contents/{main}", f"files/{main}", f"api/contents/{session['folder']}"):
        assert (await asyncio.to_thread(jun.request, "GET", path)).status_code == 403


async def test_claim_23_nothing_of_admission_tells_a_password_an_address_or_an_email(
    locked: dict[str, Any], maya: Person, server: InterviewServer
) -> None:
    tomas = await asyncio.to_thread(register, server, "Tomas Ortega")
    await asyncio.to_thread(
        tomas.call, "POST", "sessions/join", {"id": locked["id"], "password": PASSWORD, "consent": True}
    )
    async with listening(maya, locked["id"]) as host, listening(tomas, locked["id"]) as guest:
        await host.wait("waiting-room-list", lambda people: any(p["isOnline"] for p in people))
        await host.send("admit-participant", {"sessionId": locked["id"], "userId": tomas.id})
        await guest.wait("session-state")
        told = json.dumps([host.frames, guest.frames])
    for secret in (PASSWORD, "argon2", maya.user["email"], tomas.user["email"], "127.0.0.1"):
        assert secret not in told
