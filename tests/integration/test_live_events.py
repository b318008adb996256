"""Socket.IO with the stock Python client: the door, the chat, runs, and who hears what."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import socketio
from sockets import Listener, listening

from server import InterviewServer, Person, admit, create_session, knock, register

REPOSITORY = Path(__file__).parents[2]


async def test_the_story_of_a_door(maya: Person, session: dict[str, Any]) -> None:
    sid = session["id"]
    priya = knock(maya, session)
    async with listening(maya, sid) as host, listening(priya) as guest:
        assert (await guest.join(sid))["data"]["state"] == "waiting"
        status = await guest.wait("admission-status")
        assert (status["admitted"], status["isHost"], status["waitingForHost"]) == (False, False, False)
        waiting = await host.wait("waiting-room-list", lambda people: any(p["isOnline"] for p in people))
        assert [(p["username"], p["socketId"]) for p in waiting] == [("Priya Nair", guest.sid)]
        answer = await host.send("admit-participant", {"sessionId": sid, "participantSocketId": guest.sid})
        assert answer == {"status": "success"}
        await guest.wait("admission-status", lambda status: status["admitted"])
        state = await guest.wait("session-state")
        assert [p["username"] for p in state["participants"]] == ["Maya Lindqvist", "Priya Nair"]
        assert state["waiting"] is None
        assert abs(datetime.fromisoformat(state["serverTime"]) - datetime.now(UTC)) < timedelta(seconds=10)
        joined = await host.wait("user-joined")
        assert joined == {"userId": priya.id, "username": "Priya Nair", "socketId": guest.sid}
    assert "session-state" in guest.names()


async def test_claim_20_who_waits_hears_nothing_of_the_session(maya: Person, session: dict[str, Any]) -> None:
    sid = session["id"]
    priya = knock(maya, session)
    async with listening(maya, sid) as host, listening(priya, sid) as guest:
        await host.send("chat-message", {"text": "a secret"})
        await host.send("language-change", {"language": "python"})
        await host.send("run-code", {"language": "python", "code": "print('a secret')"})
        await host.wait("run-code")
        await host.wait("chat-message")
        assert set(guest.names()) <= {"admission-status", "sessions-changed"}
        assert "secret" not in json.dumps(guest.frames)


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("chat-message", {"text": "let me in"}),
        ("run-code", {"language": "python", "code": "1"}),
        ("language-change", {"language": "c"}),
        ("signal", {"toSocketId": "x", "signal": {}}),
    ],
)
async def test_claim_19_what_somebody_who_waits_sends_reaches_nobody(
    maya: Person, session: dict[str, Any], event: str, data: dict[str, Any]
) -> None:
    priya = knock(maya, session)
    async with listening(maya, session["id"]) as host, listening(priya, session["id"]) as guest:
        before = host.names()
        answer = await guest.send(event, data)
        assert (answer["status"], answer["code"]) == ("error", "not_found")
        await host.send("chat-message", {"text": "marker"})
        await host.wait("chat-message", lambda message: message["text"] == "marker")
        assert [name for name in host.names()[len(before) :] if name == event] == (
            ["chat-message"] if event == "chat-message" else []
        )


async def test_claims_18_and_22_nobody_becomes_host_or_admits_by_claiming_it(
    maya: Person, session: dict[str, Any], server: InterviewServer
) -> None:
    tomas = register(server, "Tomas Ortega")
    own = create_session(tomas)
    priya = knock(maya, session)
    async with listening(priya, session["id"]) as guest, listening(tomas, own["id"]) as other:
        status = await guest.wait("admission-status")
        assert not status["isHost"]
        for who, wish in (
            (guest, {"sessionId": session["id"], "userId": priya.id}),
            (other, {"sessionId": session["id"], "userId": priya.id}),
            (other, {"sessionId": own["id"], "userId": priya.id}),
        ):
            answer = await who.send("admit-participant", wish)
            assert answer["code"] == "not_found"
    assert maya.call("GET", f"sessions/{session['id']}/waiting")["waiting"][0]["user_id"] == priya.id


async def test_claim_24_who_is_removed_hears_nothing_more(maya: Person, session: dict[str, Any]) -> None:
    sid = session["id"]
    priya = admit(maya, session, knock(maya, session))
    async with listening(maya, sid) as host, listening(priya, sid) as guest:
        await guest.wait("session-state")
        await host.send("remove-participant", {"sessionId": sid, "userId": priya.id, "message": "Until tomorrow"})
        status = await guest.wait("admission-status", lambda status: status["state"] == "removed")
        assert status["message"] == "Until tomorrow"
        heard = len(guest.frames)
        assert (await guest.send("chat-message", {"text": "still here"}))["code"] == "not_found"
        await host.send("chat-message", {"text": "among us"})
        await host.wait("chat-message")
        assert [name for name, _ in guest.frames[heard:] if name != "sessions-changed"] == []
        assert (await guest.join(sid))["data"]["state"] == "removed"
        assert priya.request("GET", f"api/v1/sessions/{sid}").status_code == 404
        await host.wait("user-left")


async def test_claim_26_names_ids_and_times_are_the_servers(maya: Person, session: dict[str, Any]) -> None:
    sid = session["id"]
    priya = admit(maya, session, knock(maya, session))
    async with listening(maya, sid) as host, listening(priya, sid) as guest:
        forged = {"text": "I agree", "username": "Maya Lindqvist", "userId": maya.id}
        assert (await guest.send("chat-message", forged))["code"] == "invalid_input"
        await guest.send("chat-message", {"text": "I agree"})
        message = await host.wait("chat-message")
        assert (message["username"], message["userId"]) == ("Priya Nair", priya.id)
        result = {"stdout": "all tests passed", "exitCode": 0}
        refused = await guest.send("run-code", {"language": "python", "code": "", **result})
        assert refused["code"] == "invalid_input"
        await guest.send("run-code", {"language": "python", "code": "print('mine')"})
        run = await host.wait("run-code")
        assert (run["username"], run["userId"]) == ("Priya Nair", priya.id)


async def test_everyone_inside_sees_a_real_run_as_it_goes(maya: Person, session: dict[str, Any]) -> None:
    sid = session["id"]
    priya = admit(maya, session, knock(maya, session))
    async with listening(maya, sid) as host, listening(priya, sid) as guest:
        started = await guest.send(
            "run-code", {"language": "python", "code": "print(input()[::-1])", "stdin": "olleh\n"}
        )
        for listener in (host, guest):
            run = await listener.wait("run-code")
            assert run["executionId"] == started["data"]["executionId"]
            assert (run["stdout"], run["exitCode"], run["error"]) == ("hello\n", 0, None)
            names = [name for name in listener.names() if name.startswith("run-")]
            assert list(dict.fromkeys(names)) == ["run-started", "run-output", "run-code"]
            assert "".join(piece["text"] for piece in listener.all("run-output")) == "hello\n"
    page = priya.call("GET", f"sessions/{sid}/executions")
    assert [execution["stdout"] for execution in page["executions"]] == ["hello\n"]


async def test_a_run_asked_for_over_http_is_seen_by_everyone_inside(maya: Person, session: dict[str, Any]) -> None:
    async with listening(maya, session["id"]) as host:
        answer = await asyncio.to_thread(
            maya.call,
            "POST",
            "execute",
            {"language": "c", "code": '#include <stdio.h>\nint main(){puts("hi");}', "sessionId": session["id"]},
        )
        assert (answer["stdout"], answer["exitCode"], answer["stage"]) == ("hi\n", 0, "run")
        assert (await host.wait("run-code"))["executionId"] == answer["executionId"]


async def test_signals_reach_one_peer_inside_and_nobody_else(
    maya: Person, session: dict[str, Any], server: InterviewServer
) -> None:
    sid = session["id"]
    priya = admit(maya, session, knock(maya, session))
    other_session = create_session(maya)
    stranger = admit(maya, other_session, knock(maya, other_session, "Jun Watanabe"))
    async with (
        listening(maya, sid) as host,
        listening(priya, sid) as guest,
        listening(stranger, other_session["id"]) as elsewhere,
    ):
        assert (await guest.send("signal", {"toSocketId": host.sid, "signal": {"sdp": "offer"}})) == {
            "status": "success"
        }
        signal = await host.wait("signal")
        assert signal == {"from": guest.sid, "signal": {"sdp": "offer"}, "username": "Priya Nair", "userId": priya.id}
        for target in (elsewhere.sid, f"session:{sid}", f"session:{other_session['id']}", "", "user:" + maya.id):
            assert (await guest.send("signal", {"toSocketId": target, "signal": {}}))["code"] == "not_found"
        for target in ([host.sid], {"sid": host.sid}, None, 7):
            assert (await guest.send("signal", {"toSocketId": target, "signal": {}}))["code"] == "invalid_input"
        assert host.all("signal") == [signal]
        assert elsewhere.all("signal") == []


async def test_fault_20_closing_one_of_two_tabs_is_not_leaving(maya: Person, session: dict[str, Any]) -> None:
    sid = session["id"]
    priya = admit(maya, session, knock(maya, session))
    async with listening(maya, sid) as host:
        first, second = Listener(priya), Listener(priya)
        for tab in (first, second):
            await tab.connect()
            await tab.join(sid)
        await first.close()
        await second.send("chat-message", {"text": "from the other tab"})
        await host.wait("chat-message")
        assert host.all("user-left") == []
        sid_of_second = second.sid
        await second.close()
        assert await host.wait("user-left") == {"userId": priya.id, "username": "Priya Nair", "socketId": sid_of_second}
        assert len(host.all("user-joined")) == 1


async def test_the_end_puts_candidates_out_and_leaves_the_host_reading(maya: Person, session: dict[str, Any]) -> None:
    sid = session["id"]
    priya = admit(maya, session, knock(maya, session))
    jun = knock(maya, session, "Jun Watanabe")
    async with listening(maya, sid) as host, listening(priya, sid) as guest, listening(jun, sid) as waiting:
        await guest.wait("session-state")
        await asyncio.to_thread(maya.call, "POST", f"sessions/{sid}/end", {})
        for listener in (guest, waiting):
            await listener.wait("session-ended")
            await listener.wait("admission-status", lambda status: status["state"] == "ended")
        assert (await host.wait("session-updated", lambda s: s["status"] == "ended"))["role"] == "host"
        assert (await host.send("chat-message", {"text": "too late"}))["code"] == "gone"
        assert (await guest.send("chat-message", {"text": "too late"}))["code"] == "not_found"
    assert priya.request("GET", f"api/v1/sessions/{sid}").status_code == 410


async def test_a_bad_token_is_a_connect_error(maya: Person) -> None:
    listener = Listener(maya, transports=["websocket"])
    with pytest.raises(socketio.exceptions.ConnectionError):
        await listener.connect(maya.token[:-2])


def test_a_bad_token_is_a_connect_error_by_long_polling_too(maya: Person) -> None:
    # By hand: the Python client, once refused, waits for a whole poll to end.
    with httpx.Client(params={"EIO": "4", "transport": "polling"}, timeout=30) as poll:
        url = f"{maya.server.url}socket.io/"
        sid = json.loads(poll.get(url).text[1:])["sid"]
        poll.post(url, params={"sid": sid}, content=json.dumps({"token": "nonsense"}).join(("40", "")))
        assert poll.get(url, params={"sid": sid}).text.startswith("44")


def test_claim_28_a_page_of_another_origin_gets_no_connection(maya: Person) -> None:
    for origin in ("http://evil.example", "null", maya.server.origin + ".evil.example"):
        for transport in ("polling", "websocket"):
            response = httpx.get(
                f"{maya.server.url}socket.io/",
                params={"EIO": "4", "transport": transport},
                headers={"Origin": origin, "Connection": "Upgrade", "Upgrade": "websocket"},
            )
            assert response.status_code == 403, (origin, transport)


GARBAGE: list[Any] = [
    None,
    "text",
    7,
    [],
    [[]],
    {},
    {"sessionId": None},
    {"sessionId": "../.."},
    {"text": "x" * 5000},
    {"text": "\x00"},
    {"text": {"$gt": ""}},
    {"language": "../../sh"},
    b"\xff" * 100,
    {"a": {"b": {"c": [{}] * 50}}},
]
MESSAGES = (
    "join-session",
    "leave-session",
    "admit-participant",
    "reject-participant",
    "remove-participant",
    "set-auto-admit",
    "chat-message",
    "language-change",
    "run-code",
    "signal",
    "no-such-message",
    "connect",
    "trigger_event",
    "connect_error",
    "__init__",
)


async def test_claim_29_no_payload_of_any_message_disturbs_the_others(
    maya: Person, session: dict[str, Any], server: InterviewServer
) -> None:
    sid, before = session["id"], len(server.log)
    priya = admit(maya, session, knock(maya, session))
    async with listening(maya, sid) as host, listening(priya, sid) as guest:
        for event in MESSAGES:
            for data in GARBAGE:
                answer = await guest.send(event, data)
                assert answer["status"] == "error" or event == "leave-session", (event, data, answer)
                assert answer.get("code") != "internal", (event, data)
        await guest.join(sid)
        await guest.send("chat-message", {"text": "all is well"})
        await host.wait("chat-message", lambda message: message["text"] == "all is well")
    assert "Traceback" not in server.log[before:]


async def test_restarting_the_server_changes_nobodys_place(own_server: InterviewServer) -> None:
    maya = register(own_server)
    session = create_session(maya)
    sid = session["id"]
    inside, waiting = admit(maya, session, knock(maya, session)), knock(maya, session, "Jun Watanabe")
    async with listening(inside, sid) as guest:
        await guest.send("chat-message", {"text": "before the crash", "key": "k1"})
    await asyncio.to_thread(own_server.kill)
    await asyncio.to_thread(own_server.start)
    async with listening(maya, sid) as host, listening(inside, sid) as guest, listening(waiting, sid) as queue:
        assert (await guest.wait("session-state"))["session"]["id"] == sid
        assert (await queue.wait("admission-status"))["state"] == "waiting"
        await host.wait("waiting-room-list", lambda people: [p["userId"] for p in people] == [waiting.id])
        # A client that never saw its acknowledgement sends again with the same key.
        await guest.send("chat-message", {"text": "before the crash", "key": "k1"})
    page = maya.call("GET", f"sessions/{sid}/chat")
    assert [message["text"] for message in page["messages"]] == ["before the crash"]


async def test_the_stock_npm_client_works(maya: Person, session: dict[str, Any]) -> None:
    priya = admit(maya, session, knock(maya, session))
    script = Path(__file__).with_name("npm_client.mjs")
    async with listening(maya, session["id"]) as host:
        process = await asyncio.to_thread(
            subprocess.run,
            ["node", str(script), maya.server.origin, f"{maya.server.base_url}socket.io", priya.token, session["id"]],
            cwd=REPOSITORY / "labextension",
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert process.returncode == 0, process.stdout + process.stderr
        seen = json.loads(process.stdout)
        assert seen["refused"] == "not_authenticated"
        assert seen["admitted"] is True
        assert seen["polling"] == seen["websocket"] == "hello from npm"
        await host.wait("chat-message", lambda message: message["text"] == "hello from npm")
