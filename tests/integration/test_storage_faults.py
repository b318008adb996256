"""Databases that are locked, full, restarted, crowded or long: what was acknowledged is there, once and in order."""

import asyncio
import itertools
import os
import signal
import socket
import sqlite3
import time
from contextlib import AsyncExitStack, ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from documents import open_document
from sockets import listening
from sqlalchemy import insert, select, update
from tables import database_of

from codewithme_ext.interview.chat.models import ChatMessage
from codewithme_ext.interview.sessions.models import InterviewSession
from codewithme_ext.storage.activity import ActivityCounter, ActivityRow
from codewithme_ext.storage.base import utc_now
from postgres import PostgresCluster
from server import (
    PLAIN,
    InterviewServer,
    NewServer,
    Person,
    create_session,
    interview_server,
    invite,
    register,
)

JOINS = int(os.environ.get("CODEWITHME_TEST_JOINS", "200"))
"""The fault is 1,000, which takes a minute and the machine to itself."""
ANSWERED_S = 30
MESSAGES = 100_000


def chat_of(person: Person, session: dict[str, Any]) -> list[str]:
    """Everything that was said, read in pages."""
    said: list[str] = []
    after = 0
    while True:
        page = person.call("GET", f"sessions/{session['id']}/chat?after={after}&limit=200")
        said += [one["text"] for one in page["messages"]]
        if page["next"] is None:
            return said
        after = page["next"]


def unavailable(answer: httpx.Response) -> bool:
    """Whether an answer says that nothing was saved and when to try again."""
    assert answer.json()["status"] == "error"
    return answer.status_code == 503 and "Retry-After" in answer.headers


async def test_fault_8_a_locked_sqlite_makes_writers_wait_and_then_try_again(tmp_path: Path) -> None:
    with interview_server(tmp_path / "server") as server:
        maya = register(server)
        session = create_session(maya)
        main = f"{session['folder']}/main.py"
        said = {"text": "said while locked", "key": "1"}

        def create(title: str) -> "asyncio.Task[httpx.Response]":
            return asyncio.create_task(
                asyncio.to_thread(maya.request, "POST", "api/v1/sessions", json={"title": title})
            )

        async with (
            listening(maya, session["id"]) as host,
            open_document(maya, main) as editor,
            AsyncExitStack() as stack,
        ):
            other = stack.enter_context(closing(sqlite3.connect(server.database_file, isolation_level=None)))
            other.execute("BEGIN IMMEDIATE")
            started = time.monotonic()
            writes = [create(f"refused {number}") for number in range(4)]
            message = asyncio.create_task(host.send("chat-message", said, timeout_s=20))
            editor.source += "typed while locked"
            seen = await asyncio.to_thread(maya.call, "GET", f"sessions/{session['id']}")
            assert seen["session"]["id"] == session["id"], "readers do not wait"
            assert all([unavailable(await write) for write in writes])
            assert (await message)["code"] == "database_unavailable"
            assert 9 < time.monotonic() - started < 15, "as long as a lock is waited for, and no longer"
            await editor.until(lambda one: bool(one.trouble))
            assert not editor.is_all_stored
            # One who comes while the lock is let go needs not try again.
            late = create("came in time")
            await asyncio.sleep(0.5)
            other.execute("COMMIT")
            assert (await late).status_code == 201
            assert (await host.send("chat-message", said))["status"] == "success"
            await editor.until(lambda e: e.is_all_stored and not e.trouble, timeout_s=20)
        titles = [one["title"] for one in maya.call("GET", "sessions")["sessions"]]
        assert titles == ["came in time", session["title"]]
        assert chat_of(maya, session) == ["said while locked"]
        async with open_document(maya, main) as reader:
            assert reader.text == "typed while locked"


async def test_fault_9_a_restart_of_postgresql_is_survived_with_sockets_open(
    tmp_path: Path, cluster: PostgresCluster
) -> None:
    scraper = "a-scraper-of-ours-0123456789"
    options = f"--database-url={cluster.create('interviews')}", f"--CodeWithMe.metrics_token={scraper}"
    with interview_server(tmp_path / "server", *options) as server:
        maya = register(server)
        session = create_session(maya)
        async with listening(maya, session["id"]) as host:
            assert (await host.send("chat-message", {"text": "before", "key": "1"}))["status"] == "success"
            cluster.stop()
            numbers = httpx.get(  # noqa: ASYNC210
                f"{server.url}metrics", headers={"Authorization": f"Bearer {scraper}"}, timeout=30, verify=PLAIN
            )
            assert (numbers.status_code, "codewithme_sockets_open 1.0" in numbers.text) == (200, True), numbers.text
            assert "codewithme_sessions_live" not in numbers.text
            assert unavailable(maya.request("GET", "api/v1/sessions"))
            assert unavailable(maya.request("POST", "api/v1/sessions", json={"title": "not saved"}))
            ready = httpx.get(f"{server.url}api/v1/health/ready", timeout=30, verify=PLAIN)  # noqa: ASYNC210
            assert (ready.status_code, ready.json()["code"]) == (503, "not_ready")
            assert (await host.send("chat-message", {"text": "again", "key": "2"}))["code"] == "database_unavailable"
            cluster.start()
            # The pool finds out by itself that its connections are dead.
            assert (await host.send("chat-message", {"text": "again", "key": "2"}))["status"] == "success"
            assert maya.request("GET", "api/v1/sessions").status_code == 200
            assert host.is_connected
            assert host.all("session-state") == host.all("session-state")[:1], "the socket was never cut"
        assert chat_of(maya, session) == ["before", "again"]


async def test_fault_9_requests_in_the_middle_of_a_restart_are_sent_again_safely(
    tmp_path: Path, cluster: PostgresCluster
) -> None:
    """Stopped in order and crashed: with a key, whoever was told to try again has what they asked for once."""
    with interview_server(tmp_path / "server", f"--database-url={cluster.create('interviews')}") as server:
        maya = register(server)
        done: set[str] = set()
        again: list[str] = []

        async def create(client: httpx.AsyncClient, title: str) -> None:
            while title not in done:
                answer = await client.post(
                    "sessions", json={"title": title}, headers={**maya.headers, "Idempotency-Key": title}
                )
                if answer.status_code == 201:
                    done.add(title)
                elif answer.status_code == 409:  # it was done, and the answer is lost
                    assert "Read it back" in answer.text
                    done.add(title)
                else:
                    assert unavailable(answer), answer.text
                    again.append(title)
                    await asyncio.sleep(0.1)

        async def work(client: httpx.AsyncClient, name: str) -> None:
            for number in itertools.count():
                await create(client, f"{name}{number:04}")
                if is_over.is_set():
                    return

        for how in (signal.SIGINT, signal.SIGQUIT):
            is_over = asyncio.Event()
            seen = len(again)
            async with httpx.AsyncClient(base_url=f"{server.url}api/v1/", timeout=30, verify=PLAIN) as client:
                workers = [asyncio.create_task(work(client, f"{how.name}-{number}-")) for number in range(6)]
                before = len(done)
                async with asyncio.timeout(30):
                    while len(done) < before + 12:  # noqa: ASYNC110 (six at once have no one event)
                        await asyncio.sleep(0.01)
                await asyncio.to_thread(cluster.stop, how)
                await asyncio.to_thread(cluster.start)
                is_over.set()
                await asyncio.gather(*workers)
            assert len(again) > seen, "nobody was in the middle of anything"
        async with database_of(server) as tables:
            titles = list(await tables.scalars(select(InterviewSession.title)))
        assert sorted(titles) == sorted(done)


async def test_fault_3_chat_that_was_acknowledged_outlives_kill_9_and_what_is_sent_again_is_kept_once(
    new_server: NewServer,
) -> None:
    with new_server() as server:
        maya = register(server)
        session = create_session(maya)
        acknowledged: list[str] = []
        sent: list[str] = []

        async def write() -> None:
            async with listening(maya, session["id"]) as host:
                for number in range(15):
                    sent.append(text := f"message {number}")
                    if (await host.send("chat-message", {"text": text, "key": text}))["status"] == "success":
                        acknowledged.append(text)
                    if number == 9:
                        asyncio.get_running_loop().call_later(0.01, server.kill)

        with pytest.raises(Exception):  # noqa: B017, PT011 (whatever the client makes of a dead server)
            async with asyncio.timeout(4):
                await write()
        server.start()
        kept = chat_of(maya, session)
        assert set(acknowledged) <= set(kept)
        assert len(kept) == len(set(kept))
        async with listening(maya, session["id"]) as host:
            for text in sent:
                assert (await host.send("chat-message", {"text": text, "key": text}))["status"] == "success"
        assert chat_of(maya, session) == sent


async def test_fault_15_many_who_join_at_once_all_wait_once(new_server: NewServer) -> None:
    with new_server() as server:
        maya = register(server)
        session = create_session(maya)
        code, address = invite(maya, session), f"{server.url}api/v1/invitations/accept"

        async def join(client: httpx.AsyncClient, number: int) -> tuple[int, dict[str, Any]]:
            wish = {"session_id": session["id"], "code": code, "name": f"Person {number}", "consent": True}
            answer = await client.post(address, json=wish)
            if number % 10:
                return answer.status_code, answer.json()["data"]["user"]
            again = {"Authorization": f"Bearer {answer.json()['data']['token']}"}
            twice = await asyncio.gather(*(client.post(address, json=wish, headers=again) for _ in range(2)))
            return max(one.status_code for one in (answer, *twice)), answer.json()["data"]["user"]

        async with listening(maya, session["id"]) as host, AsyncExitStack() as stack:
            # One for each fifty: a client looks through all of its connections again and again.
            clients = [
                await stack.enter_async_context(httpx.AsyncClient(timeout=ANSWERED_S, verify=PLAIN))
                for _ in range(0, JOINS, 50)
            ]
            started = time.monotonic()
            joined = await asyncio.gather(*(join(clients[number // 50], number) for number in range(JOINS)))
            assert {status for status, _ in joined} == {200}
            assert time.monotonic() - started < ANSWERED_S
            expected = {user["id"] for _, user in joined}
            await host.wait("waiting-room-list", lambda people: {one["userId"] for one in people} == expected)
        waiting = maya.call("GET", f"sessions/{session['id']}/waiting")["waiting"]
        assert len(waiting) == len(expected) == JOINS
        assert {one["user_id"] for one in waiting} == expected


def test_fault_15_a_thousand_find_a_place_in_line_of_a_server_that_is_busy(tmp_path: Path) -> None:
    allowed = int(Path("/proc/sys/net/core/somaxconn").read_text())
    with interview_server(tmp_path / "server") as server, ExitStack() as stack:
        server.process.send_signal(signal.SIGSTOP)
        stack.callback(server.process.send_signal, signal.SIGCONT)
        for _ in range(min(1000, allowed)):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=5))


async def test_fault_16_a_hundred_thousand_messages_are_read_in_pages_and_nobody_waits_to_join(
    new_server: NewServer,
) -> None:
    with new_server() as server:
        maya = register(server)
        session = create_session(maya)
        await _talk(server, maya, session)
        process = psutil.Process(server.process.pid)
        memory = process.memory_info().rss
        started = time.monotonic()
        async with listening(maya, session["id"]) as host:
            state = await host.wait("session-state")
            assert time.monotonic() - started < 2
        newest = maya.call("GET", f"sessions/{session['id']}/chat")
        assert state["lastSequence"] >= MESSAGES
        assert len(newest["messages"]) == 100
        assert newest["messages"][-1]["text"] == f"message {MESSAGES}"
        before = maya.call("GET", f"sessions/{session['id']}/chat?before={newest['messages'][0]['sequence']}")
        assert before["messages"][-1]["sequence"] == newest["messages"][0]["sequence"] - 1
        started = time.monotonic()
        middle = maya.call("GET", f"sessions/{session['id']}/chat?after=50000&limit=200")
        assert time.monotonic() - started < 1
        assert [one["sequence"] for one in middle["messages"]] == list(range(50_001, 50_201))
        log = maya.call("GET", f"sessions/{session['id']}/activity?before={MESSAGES + 1}&limit=200")
        assert [one["sequence"] for one in log["activity"]] == list(range(MESSAGES - 199, MESSAGES + 1))
        assert process.memory_info().rss - memory < 30 * 2**20, "the server reads pages, and never all of it"


async def _talk(server: InterviewServer, person: Person, session: dict[str, Any]) -> None:
    """As if people had talked for days."""
    counter = ActivityCounter.session_id == session["id"]
    of = {"session_id": session["id"], "user_id": person.id, "username": "Maya"}
    said = {**of, "type": "chat-message-sent", "audience": "everyone", "data": {}, "at": utc_now()}
    async with database_of(server) as tables:
        last = await tables.scalar(select(ActivityCounter.last_sequence).where(counter))
        numbers = range(last + 1, MESSAGES + 1)
        await tables.execute(insert(ActivityRow), [{**said, "sequence": number} for number in numbers])
        await tables.execute(
            insert(ChatMessage), [{**of, "sequence": number, "text": f"message {number}"} for number in numbers]
        )
        await tables.execute(update(ActivityCounter).where(counter).values(last_sequence=MESSAGES))
