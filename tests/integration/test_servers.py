"""Two servers on one PostgreSQL and one Redis: what happens on one is seen, heard and enforced on the other (fault F10)."""

import asyncio
import time
import uuid
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from documents import open_document
from sockets import Listener, listening

from codewithme_ext.jupyter.rooms import CLOSE_UNAVAILABLE
from postgres import PostgresCluster
from redis_server import RedisServer
from server import PLAIN, InterviewServer, Person, admit, create_session, interview_server, knock, register

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz of both servers"
Pair = tuple[InterviewServer, InterviewServer]


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresCluster, postgres_with_tables: str, redis: RedisServer
) -> Iterator[Pair]:
    """Two servers that are one product."""
    name = f"pair_{uuid.uuid4().hex}"
    url = postgres.create(name, template=postgres_with_tables)
    options = (
        f"--database-url={url}",
        f"--CodeWithMe.redis_url={redis.url}",
        f"--CodeWithMe.jwt_secret={SECRET}",
    )
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(interview_server(tmp_path_factory.mktemp(which), *options))
            for which in ("first", "second")
        )
        yield first, second
    postgres.drop(name)


def elsewhere(person: Person, server: InterviewServer) -> Person:
    """The same person, who speaks to the other server."""
    return replace(person, server=server)


def redis_is_up(server: InterviewServer) -> bool:
    """Whether the server hears the other; it is ready for requests either way."""
    health = httpx.get(f"{server.url}api/v1/health", timeout=30, verify=PLAIN).json()["data"]
    assert health["ready"] is True
    return bool(health["redis"]["available"])


def login(server: InterviewServer, email: str) -> httpx.Response:
    """Somebody tries a password."""
    wish = {"email": email, "password": "wrong horse battery"}
    return httpx.post(f"{server.url}api/v1/auth/login", json=wish, timeout=30, verify=PLAIN)


async def wait_for_redis(*servers: InterviewServer, is_up: bool = True) -> None:
    """Until these servers have noticed."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        states = [await asyncio.to_thread(redis_is_up, server) for server in servers]
        if states == [is_up] * len(servers):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the servers did not notice")


async def test_people_on_two_servers_hold_one_interview(pair: Pair) -> None:
    first, second = pair
    maya = register(first)
    session = create_session(maya)
    priya = elsewhere(knock(maya, session), second)
    async with listening(maya, session["id"]) as host, listening(priya, session["id"]) as guest:
        # The host on one server sees who waits on the other, and lets them in by their connection there.
        await host.wait("waiting-room-list", lambda people: any(one["socketId"] == guest.sid for one in people))
        pointer = {"sessionId": session["id"], "participantSocketId": guest.sid}
        assert (await host.send("admit-participant", pointer))["status"] == "success"
        await guest.wait("admission-status", lambda status: status["admitted"])
        state = await guest.wait("session-state")
        online = {one["username"] for one in state["participants"] if one["isOnline"]}
        assert online == {"Maya Lindqvist", "Priya Nair"}
        await host.wait("user-joined", lambda person: person["socketId"] == guest.sid)

        await guest.send("chat-message", {"text": "from the second"})
        assert (await host.wait("chat-message"))["text"] == "from the second"
        await host.send("chat-message", {"text": "from the first"})
        await guest.wait("chat-message", lambda message: message["text"] == "from the first")
        assert [one["text"] for one in guest.all("chat-message")] == ["from the second", "from the first"]

        await host.send("signal", {"toSocketId": guest.sid, "signal": {"sdp": "offer"}})
        assert (await guest.wait("signal"))["from"] == host.sid
        await guest.send("signal", {"toSocketId": host.sid, "signal": {"sdp": "answer"}})
        assert (await host.wait("signal"))["signal"] == {"sdp": "answer"}

        await guest.send("run-code", {"language": "python", "code": "print('ran on the second')"})
        assert (await host.wait("run-code"))["stdout"] == "ran on the second\n"
        await guest.wait("run-code")
        assert len(guest.all("run-code")) == len(host.all("run-code")) == 1
        assert [line["sequence"] for line in guest.all("activity")] == sorted(
            {line["sequence"] for line in guest.all("activity")}
        ), "everything once and in order"

    await wait_until_offline(maya, session["id"], "Priya Nair")


async def wait_until_offline(host: Person, session_id: str, name: str) -> None:
    async with listening(host, session_id) as listener:
        await listener.wait(
            "participants",
            lambda shown: all(one["username"] != name or not one["isOnline"] for one in shown["participants"]),
        )


async def test_claim_24_somebody_removed_on_one_server_is_cut_off_on_the_other_within_a_second(pair: Pair) -> None:
    first, second = pair
    maya = register(first)
    session = create_session(maya)
    priya = elsewhere(admit(maya, session, knock(maya, session)), second)
    path = f"{session['folder']}/main.py"
    (second.data_dir / "files" / session["folder"]).mkdir(parents=True)
    (second.data_dir / "files" / path).touch()
    async with listening(priya, session["id"]) as guest, open_document(priya, path) as document:
        assert priya.request("GET", f"api/contents/{path}").status_code == 200
        started = time.monotonic()
        maya.call("POST", f"sessions/{session['id']}/participants/{priya.id}/remove", {})
        await guest.wait("admission-status", lambda status: status["state"] == "removed")
        await document.closed()
        assert time.monotonic() - started < 1
        assert priya.request("GET", f"api/contents/{path}").status_code == 403
        assert (await guest.send("chat-message", {"text": "still here"}))["status"] == "error"


async def test_a_document_is_open_on_one_server_and_another_says_so_until_that_one_ends(
    pair: Pair, tmp_path: Path
) -> None:
    first, second = pair
    maya = register(first)
    session = create_session(maya)
    path = f"{session['folder']}/main.py"
    (second.data_dir / "files" / session["folder"]).mkdir(parents=True)
    (second.data_dir / "files" / path).touch()
    (tmp_path / "third").mkdir()
    (tmp_path / "third" / "files").symlink_to(second.data_dir / "files")  # storage that both see
    with interview_server(tmp_path / "third", *first.options) as third:
        async with open_document(elsewhere(maya, third), path) as there:
            there.source += "typed on the third, "
            await there.until(lambda e: e.is_all_stored)
            async with open_document(elsewhere(maya, second), path, sync=False) as here:
                await here.closed()
                assert here.close_code == CLOSE_UNAVAILABLE
                assert "open on another server" in (here.socket.close_reason or "")
            third.kill()
        killed = time.monotonic()
        async with open_document(elsewhere(maya, second), path) as here:
            assert time.monotonic() - killed < 5
            assert here.text == "typed on the third, "
            here.source += "and on the second"
            await here.until(lambda e: e.is_all_stored)
            assert history_of(maya, session) == "typed on the third, and on the second"


def history_of(person: Person, session: dict[str, object]) -> str:
    """A file's text as its history says."""
    told: str = person.call("GET", f"sessions/{session['id']}/documents/main.py/text")["text"]
    return told


async def test_fault_10_what_redis_missed_is_made_up_for(pair: Pair, redis: RedisServer) -> None:
    first, second = pair
    maya = register(first)
    session = create_session(maya)
    priya = elsewhere(admit(maya, session, knock(maya, session)), second)
    omar, noor, lea = (
        elsewhere(admit(maya, session, knock(maya, session, name)), second) for name in ("Omar", "Noor", "Lea")
    )
    async with (
        AsyncExitStack() as stack,
        listening(maya, session["id"]) as host,
        listening(priya, session["id"]) as guest,
        listening(omar, session["id"]) as other,
    ):
        async with listening(noor, session["id"]):
            await host.wait(
                "participants", lambda shown: online(shown) == {"Maya Lindqvist", "Priya Nair", "Omar", "Noor"}
            )
            redis.kill()
            await wait_for_redis(first, second, is_up=False)
        await stack.enter_async_context(listening(lea, session["id"]))
        await chat(guest, other, "people on one server go on")
        assert (await host.send("chat-message", {"text": "acknowledged without Redis"}))["status"] == "success"
        assert maya.request("GET", "api/v1/sessions").status_code == 200
        # Passwords are taken by nobody who cannot count the tries; everything else goes on.
        refused = login(first, "maya@company.example")
        assert (refused.status_code, refused.json()["code"]) == (503, "limits_unavailable")
        assert "Retry-After" in refused.headers
        # Nobody can tell the second server, so it looks for itself.
        maya.call("POST", f"sessions/{session['id']}/participants/{priya.id}/remove", {})
        await guest.wait("admission-status", lambda status: status["state"] == "removed", timeout_s=20)

        redis.start()
        started = time.monotonic()
        await wait_for_redis(first, second)
        # Who left and who came meanwhile on the other server.
        await host.wait("participants", lambda shown: online(shown) == {"Maya Lindqvist", "Omar", "Lea"}, timeout_s=30)
        assert time.monotonic() - started < 30
        redis.flush()
        await chat(host, other, "after everything in Redis was gone")
        await chat(other, host, "and it is as before")
        await chat(host, other, "in both directions")
        assert login(first, "maya@company.example").status_code == 401
    said = [one["text"] for one in omar.call("GET", f"sessions/{session['id']}/chat")["messages"]]
    assert said == [
        "people on one server go on",
        "acknowledged without Redis",
        "after everything in Redis was gone",
        "and it is as before",
        "in both directions",
    ]


def online(shown: dict[str, Any]) -> set[str]:
    """Who of a `participants` message is there."""
    return {one["username"] for one in shown["participants"] if one["isOnline"]}


async def chat(sender: Listener, hearer: Listener, text: str) -> None:
    assert (await sender.send("chat-message", {"text": text}))["status"] == "success"
    await hearer.wait("chat-message", lambda message: message["text"] == text)


async def test_fault_10_people_of_a_server_that_was_killed_count_as_gone_within_thirty_seconds(pair: Pair) -> None:
    first, second = pair
    maya = register(first)
    session = create_session(maya)
    priya = elsewhere(admit(maya, session, knock(maya, session)), second)
    async with listening(maya, session["id"]) as host:
        guest = Listener(priya)
        await guest.connect()
        await guest.join(session["id"])
        await host.wait("user-joined", lambda person: person["socketId"] == guest.sid)
        second.kill()
        host.frames.clear()
        await host.wait(
            "participants",
            lambda shown: [one["isOnline"] for one in shown["participants"] if one["userId"] == priya.id] == [False],
            timeout_s=30,
        )
        await guest.close()
