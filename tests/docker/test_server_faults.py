"""The whole server, while people's programs attack it, and while its engine comes and goes."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_proxy import EngineProxy
from sandbox_runs import EXPLOITS, wait_until_none_runs

from codewithme_sandbox import orphans
from codewithme_sandbox.docker_api import DockerApi
from server import InterviewServer, free_port, register

HELLO = {"language": "python", "code": "print('hello')"}
HOSTILE = [
    ("c", "fork_bomb.c"),
    ("c", "heap.c"),
    ("c", "racing_daemons.c"),
    ("c", "memfd_exec.c"),
    ("python", "flood.py"),
]


@pytest.fixture
async def proxy(engine: None, tmp_path: Path) -> AsyncIterator[EngineProxy]:
    proxy = EngineProxy(tmp_path)
    await proxy.bring_back()
    yield proxy
    await proxy.take_away()


@pytest.fixture
async def server(proxy: EngineProxy, tmp_path: Path) -> AsyncIterator[InterviewServer]:
    """A server that reaches the engine through the proxy, which this event loop runs, with a short wall time."""
    options = ("--CodeWithMe.execution_timeout_s=1", f"--CodeWithMe.docker_host={proxy.address}")
    server = InterviewServer(tmp_path / "data", free_port(), options=options)
    await asyncio.to_thread(server.start)
    yield server
    await asyncio.to_thread(server.stop)


async def browser(server: InterviewServer, name: str = "Ada") -> httpx.AsyncClient:
    """A new person's connection to the server."""
    person = await asyncio.to_thread(register, server, name)
    return httpx.AsyncClient(base_url=person.server.url, headers=person.headers, timeout=60, verify=False)


async def execute(client: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response:
    return await client.post("api/v1/execute", json=body)


async def label_of(api: DockerApi, server: InterviewServer) -> str:
    """What the containers of this server, and of no other, carry."""
    owners = {its.get(orphans.OWNER, "") for _, its in await api.containers(orphans.KIND)}
    [owner] = [owner for owner in owners if f"/{server.process.pid}@" in owner]
    return f"{orphans.OWNER}={owner}"


async def slowest_health(client: httpx.AsyncClient, until: asyncio.Event) -> float:
    """How long the slowest answer took, of one after the other."""
    slowest = 0.0
    while not until.is_set():
        began = time.monotonic()
        assert (await client.get("api/v1/health")).status_code == 200
        slowest = max(slowest, time.monotonic() - began)
    return slowest


async def test_fault_28_fifty_hostile_runs_keep_neither_the_server_nor_another_person_waiting(
    server: InterviewServer,
) -> None:
    """And when the server is killed in the middle of it, the next one starts with nothing left of them."""
    api = DockerApi()
    is_over = asyncio.Event()
    async with await browser(server, "Ada") as ada, await browser(server, "Bob") as bob:
        hostile = [
            asyncio.create_task(execute(ada, {"language": language, "code": (EXPLOITS / name).read_text()}))
            for _ in range(10)
            for language, name in HOSTILE
        ]
        await asyncio.wait(hostile, timeout=2)
        health = asyncio.create_task(slowest_health(bob, is_over))
        began = time.monotonic()
        for _ in range(3):
            answer = await execute(bob, HELLO)
            assert answer.json()["data"]["stdout"] == "hello\n"
        took_s = time.monotonic() - began
        is_over.set()
        assert await health < 1
        # Each waited for one turn: its own second of wall time, and what making and compiling take on a busy machine.
        assert took_s < 3 * 5
        assert sum(not run.done() for run in hostile) > 10, "the fifty were over too soon to show anything"
        label = await label_of(api, server)
        server.kill()
        await asyncio.gather(*hostile, return_exceptions=True)
    await wait_until_none_runs(label)
    await asyncio.to_thread(server.start)
    assert await api.containers(label) == []
    await api.close()


async def test_fault_5_an_engine_that_goes_is_told_and_one_that_comes_back_is_used(
    server: InterviewServer, proxy: EngineProxy
) -> None:
    async with await browser(server) as client:
        assert (await execute(client, HELLO)).json()["data"]["stdout"] == "hello\n"
        await proxy.take_away()
        began = time.monotonic()
        refused = await execute(client, HELLO)
        assert time.monotonic() - began < 2
        assert (refused.status_code, refused.json()["code"]) == (503, "sandbox_unavailable")
        assert "Start Docker" in refused.json()["message"]
        assert (await client.get("api/v1/sessions")).status_code == 200
        languages = (await client.get("api/v1/languages")).json()["data"]["languages"]
        assert languages
        assert not any(language["available"] for language in languages)
        await proxy.bring_back()
        assert (await execute(client, HELLO)).json()["data"]["stdout"] == "hello\n"


async def test_fault_2_a_run_that_a_killed_server_left_is_told_as_interrupted_and_the_next_one_runs(
    server: InterviewServer,
) -> None:
    api = DockerApi()
    async with await browser(server, "Cleo") as cleo:
        session_id = (await cleo.post("api/v1/sessions", json={"title": "Interrupted"})).json()["data"]["session"]["id"]
        endless = {"language": "python", "code": "print(1, flush=True)\nwhile True: pass", "sessionId": session_id}
        running = asyncio.create_task(execute(cleo, endless))
        async with asyncio.timeout(30):
            while not await has_started(cleo, session_id):  # noqa: ASYNC110 (the server says it to nobody)
                await asyncio.sleep(0.1)
        label = await label_of(api, server)
        server.kill()
        await asyncio.gather(running, return_exceptions=True)
        await wait_until_none_runs(label)
        await asyncio.to_thread(server.start)
        runs = (await cleo.get(f"api/v1/sessions/{session_id}/executions")).json()["data"]["executions"]
        assert [run["error"]["code"] for run in runs] == ["interrupted"]
        assert "Run it again" in runs[0]["error"]["message"]
        answer = await execute(cleo, HELLO)
        assert answer.json()["data"]["stdout"] == "hello\n"
    await api.close()


async def has_started(client: httpx.AsyncClient, session_id: str) -> bool:
    """Whether the activity tells of a run."""
    activity = (await client.get(f"api/v1/sessions/{session_id}/activity")).json()["data"]["activity"]
    return any(line["type"] == "execution-started" for line in activity)
