"""Connections that cost too much (claims C29 to C32): they end, and nobody else notices."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import websockets
from sockets import Listener, listening

from codewithme_ext.config import CodeWithMe
from codewithme_ext.realtime.flood import (
    DOORSTEP_PLACES,
    METER_PACKETS,
    PLACES_OF_A_PERSON,
    Meter,
)
from server import InterviewServer, NewServer, Person, admit, create_session, interview_server, knock, register

MIB = 2**20
POLLING = {"EIO": "4", "transport": "polling"}


@pytest.fixture(scope="module")
def flooded(new_server: NewServer) -> Iterator[InterviewServer]:
    """A server with the limit on chat that people get, behind a proxy where a test says that it is one."""
    with new_server("--CodeWithMe.chat_rate_limit=20", "--CodeWithMe.trusted_proxies=127.0.0.1") as server:
        yield server


@pytest.fixture(scope="module")
def maya(flooded: InterviewServer) -> Person:
    return register(flooded)


@pytest.fixture
def session(maya: Person) -> dict[str, Any]:
    return create_session(maya)


@asynccontextmanager
async def raw(server: InterviewServer, token: str | None = None) -> AsyncIterator[websockets.ClientConnection]:
    """A websocket that speaks Engine.IO by hand; with a token it has said who it is."""
    address = f"ws://127.0.0.1:{server.port}{server.base_url}socket.io/?EIO=4&transport=websocket"
    async with websockets.connect(address, max_size=None, ping_interval=None) as socket:
        await socket.recv()
        if token is not None:
            await socket.send("40" + json.dumps({"token": token}))
            assert str(await socket.recv()).startswith("40")
        yield socket


async def closed(socket: websockets.ClientConnection) -> bool:
    """Whether the server closes it, within ten seconds; what comes before does not matter."""
    try:
        async with asyncio.timeout(10):
            while True:
                await socket.recv()
    except websockets.ConnectionClosed:
        return True
    except TimeoutError:
        return False


async def test_claim_31_a_flood_of_chat_is_told_to_wait_and_the_others_are_not(
    maya: Person, session: dict[str, Any]
) -> None:
    priya = admit(maya, session, knock(maya, session))
    async with listening(maya, session["id"]) as host, listening(priya, session["id"]) as guest:
        answers = [await guest.send("chat-message", {"text": f"flood {n}"}) for n in range(25)]
        assert [answer["status"] for answer in answers] == ["success"] * 20 + ["error"] * 5
        refused = answers[-1]
        assert refused["code"] == "rate_limited"
        assert refused["message"].startswith("20 messages in 10 s are the limit. Next in ")
        assert 1 <= refused["retryAfterS"] <= 10
        assert (await host.send("chat-message", {"text": "and I?"}))["status"] == "success"
        await guest.wait("chat-message", lambda message: message["text"] == "and I?")
        assert len([m for m in host.all("chat-message") if m["username"] == "Priya Nair"]) == 20


@pytest.mark.parametrize(
    "frames",
    [
        ["x" * 1_000_001],
        ["42" + json.dumps(["chat-message", {"text": "x" * 1_100_000}])],
        ["42" + "[" * 200_000],
        ["4" + "[" * 200_000],
        [""],
        ["b!!!"],
        ["9"],
        ["42[nonsense"],
        ["45999999-" + json.dumps(["chat-message", {"_placeholder": True, "num": 0}])],
        ["451-" + json.dumps(["chat-message", {"_placeholder": True, "num": 0}]), "42" + json.dumps(["x"])],
        ["458-" + json.dumps(["chat-message", {"_placeholder": True, "num": 0}]), *[b"x" * 300_000] * 4],
        ["42" + json.dumps(["no-such-message", {}])] * (METER_PACKETS + 1),
        ["40/elsewhere,{}"] * (METER_PACKETS + 1),
        ["42" + json.dumps(["no-such-message", "x" * 900_000])] * 6,
    ],
    ids=[
        "long",
        "long message",
        "deep",
        "deep packet",
        "empty",
        "base64",
        "no type",
        "no JSON",
        "millions of attachments",
        "no attachment",
        "large attachments",
        "many messages",
        "many namespaces",
        "many bytes",
    ],
)
async def test_claims_29_and_30_what_is_too_much_or_unreadable_ends_that_connection_alone(
    maya: Person, session: dict[str, Any], flooded: InterviewServer, frames: list[str | bytes]
) -> None:
    priya = admit(maya, session, knock(maya, session))
    async with listening(maya, session["id"]) as host, raw(flooded, priya.token) as socket:
        with pytest.raises(websockets.ConnectionClosed):  # noqa: PT012  # at which frame, does not matter
            for frame in frames:
                await socket.send(frame)
            if await closed(socket):
                await socket.send("2")
        assert (await host.send("chat-message", {"text": "all is well"}))["status"] == "success"
    assert "Traceback" not in flooded.log


async def test_claim_30_many_large_frames_stay_in_bounded_memory(maya: Person, flooded: InterviewServer) -> None:
    process = psutil.Process(flooded.process.pid)
    before = process.memory_info().rss

    async def attack() -> None:
        frame = "451-" + json.dumps(["chat-message", {"_placeholder": True, "num": 0}])
        for _ in range(5):
            async with raw(flooded, maya.token) as socket:
                try:
                    for _ in range(20):
                        await socket.send(frame)
                        await socket.send(b"x" * 900_000)
                except websockets.ConnectionClosed:
                    continue

    await asyncio.gather(*(attack() for _ in range(5)))
    async with listening(maya) as listener:
        assert listener.is_connected
    assert process.memory_info().rss - before < 100 * MIB


async def test_claim_30_whoever_does_not_read_is_let_go(
    maya: Person, session: dict[str, Any], flooded: InterviewServer
) -> None:
    priya = admit(maya, session, knock(maya, session))
    async with listening(priya, session["id"]) as guest:
        _, writer = await asyncio.open_connection("127.0.0.1", flooded.port, limit=2**12)
        writer.write(_upgrade(flooded))
        for packet in (
            f"40{json.dumps({'token': maya.token})}",
            f'42["join-session",{{"sessionId":"{session["id"]}"}}]',
        ):
            writer.write(_masked(packet.encode()))
        joined = await guest.wait("user-joined")  # Maya is inside, and reads nothing from now on
        for _ in range(6):  # each connection may send so much and no more
            async with listening(priya, session["id"]) as tab:
                for _ in range(11):
                    await tab.send("signal", {"toSocketId": joined["socketId"], "signal": {"sdp": "x" * 400_000}})
        assert (await guest.wait("user-left"))["userId"] == maya.id
        writer.close()


@pytest.mark.parametrize("address", ["198.51.100.7", "2001:db8:0:1::{:x}"], ids=["IPv4", "IPv6 network"])
async def test_claim_32_whoever_does_not_say_who_they_are_finds_so_many_places_and_no_more(
    flooded: InterviewServer, maya: Person, address: str
) -> None:
    url = f"{flooded.url}socket.io/"
    async with httpx.AsyncClient(timeout=30) as client:
        answers = [
            await client.get(url, params=POLLING, headers={"X-Forwarded-For": address.format(n)})
            for n in range(DOORSTEP_PLACES + 3)
        ]
        assert [answer.status_code for answer in answers] == [200] * DOORSTEP_PLACES + [429] * 3
        assert answers[-1].json()["code"] == "rate_limited"
        assert answers[-1].headers["Retry-After"] == str(CodeWithMe().handshake_timeout_s)
        for answer in answers[:DOORSTEP_PLACES]:  # they say who they are, or go
            sid = json.loads(answer.text[1:])["sid"]
            await client.post(url, params={**POLLING, "sid": sid}, content="1")
    async with listening(maya) as listener:
        assert listener.is_connected


async def test_a_person_has_so_many_connections_and_no_more(flooded: InterviewServer) -> None:
    tomas = register(flooded, "Tomas Ortega")
    tabs = [Listener(tomas, transports=["websocket"]) for _ in range(PLACES_OF_A_PERSON)]
    try:
        for tab in tabs:
            await tab.connect()
        one_more = f"40{json.dumps({'token': tomas.token})}"
        async with raw(flooded) as socket:
            await socket.send(one_more)
            answer = str(await socket.recv())
            assert answer.startswith("44")
            assert "rate_limited" in answer
    finally:
        for tab in tabs:
            await tab.close()


async def test_claim_32_whoever_does_not_say_who_they_are_is_closed_on_every_transport(tmp_path: Path) -> None:
    assert CodeWithMe.handshake_timeout_s.max <= 45
    with interview_server(tmp_path, "--CodeWithMe.handshake_timeout_s=1") as server:
        async with listening(await asyncio.to_thread(register, server)) as known:
            async with asyncio.timeout(20):
                await asyncio.gather(
                    _websocket_closes(server),
                    _websocket_closes(server, "40" + json.dumps({"token": "nonsense"})),
                    _websocket_closes(server, '40/elsewhere,{"token":"nonsense"}', "3", "2"),
                    _polling_ends(server),
                    _tcp_closes(server, b""),
                    _tcp_closes(server, b"GET / HTTP/1.1\r\nHost: 127.0"),
                    _tcp_closes(server, _upgrade(server)),
                )
            assert (await known.send("no-such-message", {}))["code"] == "not_found"


async def _websocket_closes(server: InterviewServer, *frames: str) -> None:
    async with raw(server) as socket:
        for frame in frames:
            await socket.send(frame)
        assert await closed(socket)


async def _polling_ends(server: InterviewServer) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        url = f"{server.url}socket.io/"
        sid = json.loads((await client.get(url, params=POLLING)).text[1:])["sid"]
        while (await client.get(url, params={**POLLING, "sid": sid})).status_code == 200:
            pass


async def _tcp_closes(server: InterviewServer, sent: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(sent)
    await reader.read(-1)  # to its end
    writer.close()


def _upgrade(server: InterviewServer) -> bytes:
    """The request by which a websocket opens."""
    return (
        f"GET {server.base_url}socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()


def test_a_meter_fills_and_empties() -> None:
    now = [0.0]
    meter = Meter(lambda: now[0])
    assert all(meter.passes(10) for _ in range(METER_PACKETS))
    assert not meter.passes(10)
    now[0] = 10
    assert meter.passes(10)
    assert not meter.passes(5_000_000)


def test_no_task_of_the_library_broke_in_all_of_this(flooded: InterviewServer) -> None:
    assert "Task exception was never retrieved" not in flooded.log


def _masked(payload: bytes) -> bytes:
    """A text frame as a client sends it, with a mask of zeros."""
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + payload
