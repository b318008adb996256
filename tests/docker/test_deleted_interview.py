"""An interview that is deleted leaves nothing: its kernels' and runs' containers, rooms, files and rows go (claim C69)."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from codewithme_sandbox import orphans
from codewithme_sandbox.docker_api import DockerApi
from server import InterviewServer, Person, admit, create_session, free_port, knock, owner, register

SPECS = Path(__file__).parents[2] / "kernels" / "specs"


@pytest.fixture
async def server(engine: None, tmp_path: Path) -> AsyncIterator[InterviewServer]:
    """A server with the kernels that interviews have."""
    shutil.copytree(SPECS, tmp_path / "data" / "home" / "data" / "kernels")
    server = InterviewServer(tmp_path / "data", free_port())
    await asyncio.to_thread(server.start)
    yield server
    await asyncio.to_thread(server.stop)


@pytest.fixture
async def api() -> AsyncIterator[DockerApi]:
    api = DockerApi()
    yield api
    await api.close()


async def containers(api: DockerApi, server: InterviewServer, kind: str) -> list[str]:
    """The containers of this kind that the server has."""
    all_of_them = await api.containers(f"{orphans.KIND}={kind}")
    return [name for name, its in all_of_them if f"/{server.process.pid}@" in its.get(orphans.OWNER, "")]


async def until_none(api: DockerApi, server: InterviewServer, kind: str) -> None:
    """Returns when the server has no container of this kind any more."""
    async with asyncio.timeout(15):
        while await containers(api, server, kind):  # noqa: ASYNC110 (it is the engine's state)
            await asyncio.sleep(0.1)


def start_kernel(person: Person, folder: str) -> dict[str, Any]:
    body = {"path": f"{folder}/a.ipynb", "type": "notebook", "name": "", "kernel": {"name": "codewithme-python"}}
    model: dict[str, Any] = person.request("POST", "api/sessions", json=body).json()
    return model


async def test_claim_69_a_deleted_interview_ends_its_kernel_and_its_rooms_and_nothing_of_it_can_be_reached(
    server: InterviewServer, api: DockerApi
) -> None:
    maya = await asyncio.to_thread(register, server)
    session = await asyncio.to_thread(create_session, maya)
    sid, folder = session["id"], session["folder"]
    priya = await asyncio.to_thread(lambda: admit(maya, session, knock(maya, session)))
    kernel = await asyncio.to_thread(start_kernel, priya, folder)
    told = priya.request("PUT", f"api/collaboration/session/{folder}/main.py", json={"format": "text", "type": "file"})
    room = f"api/collaboration/room/text:file:{told.json()['fileId']}?sessionId={told.json()['sessionId']}"
    channels = f"api/kernels/{kernel['kernel']['id']}/channels"
    async with opened(priya, channels) as candidate, opened(maya, channels) as host, opened(priya, room) as editor:
        await candidate.send(_execute("while True: print('running', flush=True) or __import__('time').sleep(0.1)"))
        await _heard(candidate, "running")
        assert len(await containers(api, server, "kernel")) == 1
        await asyncio.to_thread(maya.call, "DELETE", f"sessions/{sid}", status=204)
        async with asyncio.timeout(10):
            for socket in (candidate, host, editor):
                await _end(socket)
    await until_none(api, server, "kernel")
    for person in (maya, priya):
        for path in ("", "/export", "/snapshots/now", "/documents", "/chat"):
            assert person.request("GET", f"api/v1/sessions/{sid}{path}").status_code == 404
        for path in (f"api/contents/{folder}", f"files/{folder}/main.py", f"api/kernels/{kernel['kernel']['id']}"):
            assert person.request("GET", path).status_code in (403, 404)
        assert person.request("GET", "api/kernels").json() == person.request("GET", "api/sessions").json() == []
    assert not (server.data_dir / "files" / folder).exists()


async def test_claim_69_a_kernel_that_starts_while_its_interview_is_deleted_goes_too(
    server: InterviewServer, api: DockerApi
) -> None:
    maya = await asyncio.to_thread(register, server)
    session = await asyncio.to_thread(create_session, maya)
    starting = asyncio.create_task(asyncio.to_thread(start_kernel, maya, session["folder"]))
    async with asyncio.timeout(20):
        while not await containers(api, server, "kernel"):  # noqa: ASYNC110 (it is the engine's state)
            await asyncio.sleep(0.01)
    assert not starting.done(), "the kernel was there before it could be missed"
    await asyncio.to_thread(maya.call, "DELETE", f"sessions/{session['id']}", status=204)
    await starting
    await until_none(api, server, "kernel")
    assert (await asyncio.to_thread(owner, server)).request("GET", "api/kernels").json() == []


def opened(person: Person, path: str) -> connect:
    """A websocket of a person."""
    address = f"{person.server.url.replace('http', 'ws', 1)}{path}"
    return connect(address, additional_headers=person.headers, max_size=None)


def _execute(code: str) -> str:
    header = {"msg_id": uuid4().hex, "msg_type": "execute_request", "username": "", "session": "s", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    return json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"})


async def _end(socket: ClientConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        async for _ in socket:
            pass


async def _heard(socket: ClientConnection, text: str) -> None:
    async with asyncio.timeout(30):
        while True:
            message = await socket.recv()
            if text in (message if isinstance(message, str) else message.decode(errors="replace")):
                return
