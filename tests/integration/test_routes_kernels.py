"""Kernels: whose they are, who may start and reach which, and that none outlives its session's end (claims C24, C28, C36)."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from documents import socket_address
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server import InterviewServer, Person, admit, create_session, knock, owner, register

Session = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def kernelspecs(server: InterviewServer) -> None:
    """Two kernels without a sandbox, since here it is only about who may reach them."""
    for name in ("codewithme-test", "host-test"):
        folder = server.data_dir / "home" / "data" / "kernels" / name
        folder.mkdir(parents=True)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        (folder / "kernel.json").write_text(json.dumps({"argv": command, "display_name": name, "language": "python"}))


@pytest.fixture(scope="module")
def maya(server: InterviewServer) -> Person:
    """An account that hosts all sessions here."""
    return register(server)


def start(person: Person, path: str, **kernel: object) -> tuple[int, dict[str, Any]]:
    """Ask for a kernel for the document at `path`."""
    body = {"path": path, "type": "notebook", "name": "", "kernel": kernel or {"name": "codewithme-test"}}
    response = person.request("POST", "api/sessions", json=body)
    return response.status_code, response.json()


@asynccontextmanager
async def channel(person: Person, kernel_id: str) -> AsyncIterator[ClientConnection]:
    """A connection to a kernel."""
    address = socket_address(person.server, f"api/kernels/{kernel_id}/channels")
    async with connect(address, additional_headers=person.headers, max_size=None) as socket:
        yield socket


async def refusal(person: Person, kernel_id: str) -> int:
    """The status of the answer to somebody who is not let in."""
    with pytest.raises(InvalidStatus) as refused:
        async with channel(person, kernel_id):
            pass
    return refused.value.response.status_code


async def test_a_kernel_is_its_sessions_and_nobody_elses(maya: Person, priya: Person, session: Session) -> None:
    status, model = start(priya, f"{session['folder']}/a.ipynb")
    assert status == 201
    kernel_id, own = model["kernel"]["id"], f"api/kernels/{model['kernel']['id']}"
    other_session = create_session(maya)
    other = admit(maya, other_session, knock(maya, other_session))
    oscar = admit(maya, session, knock(maya, session, "Oscar Observer", role="observer"))
    waiting = knock(maya, session, "Will Waiting")

    def seen(person: Person, path: str) -> list[str]:
        return [item["id"] for item in person.request("GET", path).json()]

    for person, is_theirs in ((priya, True), (maya, True), (oscar, True), (other, False), (waiting, False)):
        assert (kernel_id in seen(person, "api/kernels")) is is_theirs
        assert (model["id"] in seen(person, "api/sessions")) is is_theirs
        assert person.request("GET", own).status_code == (200 if is_theirs else 403)
        assert person.request("GET", f"api/sessions/{model['id']}").status_code == (200 if is_theirs else 403)
    for person in (other, waiting, oscar):
        assert await refusal(person, kernel_id) == 403
        assert person.request("POST", f"{own}/interrupt", json={}).status_code == 403
        assert person.request("POST", f"{own}/restart", json={}).status_code == 403
        assert person.request("DELETE", own).status_code == 403
        assert person.request("DELETE", f"api/sessions/{model['id']}").status_code == 403
        assert person.request("PATCH", f"api/sessions/{model['id']}", json={"name": "x"}).status_code == 403
    for person in (priya, maya, owner(maya.server)):
        async with channel(person, kernel_id):
            pass
    assert start(other, f"{other_session['folder']}/b.ipynb", id=kernel_id)[0] == 403
    assert priya.request("DELETE", own).status_code == 204


@pytest.mark.parametrize(
    "kernel",
    [
        {"name": "host-test"},
        {"name": "python3"},
        {"name": "codewithme-%2e%2e"},
        {"name": None},
        {"name": 5},
        {"name": ["codewithme-test"]},
        {"id": 5},
        {"id": "00000000-0000-4000-8000-00000000dead"},
        {"name": "codewithme-test", "id": "00000000-0000-4000-8000-00000000dead"},
        {"x": 1},
    ],
)
def test_only_a_sandboxed_kernel_can_be_started(priya: Person, session: Session, kernel: dict[str, object]) -> None:
    assert start(priya, f"{session['folder']}/a.ipynb", **kernel)[0] in (400, 403)


@pytest.mark.parametrize("body", [{}, {"kernel": None}, {"kernel": "codewithme-test"}, {"kernel": []}])
def test_a_kernel_that_is_not_named_is_not_started(priya: Person, session: Session, body: dict[str, Any]) -> None:
    wish = {"path": f"{session['folder']}/a.ipynb", "type": "notebook", "name": "", **body}
    assert priya.request("POST", "api/sessions", json=wish).status_code == 403


@pytest.mark.parametrize("path", ["a.ipynb", "interviews/a.ipynb", "../a.ipynb", "{other}/a.ipynb", 5, None, ["a"], ""])
def test_a_kernel_starts_only_for_a_document_of_ones_own_session(maya: Person, priya: Person, path: Any) -> None:
    other = create_session(maya)["folder"]
    wish = path.format(other=other) if isinstance(path, str) else path
    assert start(priya, wish)[0] == 403


def test_a_kernel_without_a_document_is_not_started(priya: Person, maya: Person) -> None:
    for person in (priya, maya):
        for body in ({}, {"name": "codewithme-test"}, {"name": "codewithme-test", "path": "/"}):
            assert person.request("POST", "api/kernels", json=body).status_code == 403


def test_a_session_cannot_be_turned_into_another(maya: Person, priya: Person, session: Session) -> None:
    _, model = start(priya, f"{session['folder']}/turn.ipynb")
    address = f"api/sessions/{model['id']}"
    other = create_session(maya)["folder"]
    for body in (
        {"path": f"{other}/a.ipynb"},
        {"path": "a.ipynb"},
        {"notebook": {"path": f"{other}/a.ipynb"}},
        {"kernel": {"name": "host-test"}},
        {"kernel": {"id": "00000000-0000-4000-8000-00000000dead"}},
    ):
        assert priya.request("PATCH", address, json=body).status_code == 403
    renamed = priya.request("PATCH", address, json={"path": f"{session['folder']}/turned.ipynb"})
    assert renamed.status_code == 200
    assert priya.request("DELETE", address).status_code == 204


def test_only_sandboxed_kernels_are_listed(priya: Person, maya: Person) -> None:
    for person in (priya, maya):
        listing = person.request("GET", "api/kernelspecs").json()
        assert all(name.startswith("codewithme-") for name in listing["kernelspecs"])
        assert listing["default"] in listing["kernelspecs"]
        assert person.request("GET", "api/kernelspecs/codewithme-test").status_code == 200
        assert person.request("GET", "api/kernelspecs/host-test").status_code == 403
        assert person.request("GET", "kernelspecs/host-test/kernel.json").status_code == 403
    assert "host-test" in owner(maya.server).request("GET", "api/kernelspecs").json()["kernelspecs"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_claim_28_a_page_of_another_origin_reaches_no_kernel(
    priya: Person, session: Session, origin: str
) -> None:
    _, model = start(priya, f"{session['folder']}/origin.ipynb")
    address = socket_address(priya.server, f"api/kernels/{model['kernel']['id']}/channels")
    cookie = {"Cookie": f"codewithme_access={priya.token}"}
    with pytest.raises(InvalidStatus):
        async with connect(address, origin=origin, additional_headers=cookie):
            pass
    priya.request("DELETE", f"api/sessions/{model['id']}")


async def test_a_removed_person_is_cut_off_from_kernels_and_events(
    maya: Person, priya: Person, session: Session
) -> None:
    _, model = start(priya, f"{session['folder']}/cut.ipynb")
    events = socket_address(priya.server, "api/events/subscribe")
    async with (
        channel(priya, model["kernel"]["id"]) as kernel,
        connect(events, additional_headers=priya.headers) as listening,
    ):
        remove = f"sessions/{session['id']}/participants/{priya.id}/remove"
        await asyncio.to_thread(maya.call, "POST", remove, {})
        started = time.monotonic()
        assert await _close_code(kernel) == 1008
        assert await _close_code(listening) == 1008
        assert time.monotonic() - started < 1
        assert await refusal(priya, model["kernel"]["id"]) == 403


async def test_an_admin_runs_what_belongs_to_no_interview_until_the_log_in_ends(maya: Person) -> None:
    admin = owner(maya.server)
    status, model = start(admin, "own.ipynb", name="host-test")
    assert status == 201
    assert start(maya, "own.ipynb")[0] == 403
    async with channel(admin, model["kernel"]["id"]) as kernel:
        await _run(kernel, "print(6 * 7)")
        await _heard(kernel, "42")
        await asyncio.to_thread(admin.call, "POST", "auth/logout", {})
        assert await _close_code(kernel) == 1008
    assert owner(maya.server).request("DELETE", f"api/sessions/{model['id']}").status_code == 204


async def test_nothing_reaches_the_kernel_from_a_candidate_while_the_editor_is_frozen(
    maya: Person, priya: Person, session: Session
) -> None:
    _, model = start(priya, f"{session['folder']}/frozen.ipynb")
    kernel_id = model["kernel"]["id"]
    async with channel(priya, kernel_id) as candidate, channel(maya, kernel_id) as host:
        await _run(host, "'listening'")  # what a kernel says before it knows a socket is not told again
        await _heard(host, "listening")
        await _run(candidate, "answer = 1")
        await _heard(host, "answer = 1")
        await asyncio.to_thread(maya.call, "POST", f"sessions/{session['id']}/freeze", {})
        await _run(candidate, "answer = 2")
        assert priya.request("POST", f"api/kernels/{kernel_id}/interrupt", json={}).status_code == 403
        await _run(host, "print('still', answer)")
        assert "still 1" in await _heard(candidate, "still 1")
        await asyncio.to_thread(maya.call, "POST", f"sessions/{session['id']}/unfreeze", {})
        await _run(candidate, "print('now', answer + 1)")
        await _heard(host, "now 2")
    priya.request("DELETE", f"api/sessions/{model['id']}")


async def test_when_the_interview_ends_its_kernels_do(maya: Person, priya: Person, session: Session) -> None:
    _, model = start(priya, f"{session['folder']}/end.ipynb")
    async with channel(priya, model["kernel"]["id"]) as candidate, channel(maya, model["kernel"]["id"]) as host:
        await asyncio.to_thread(maya.call, "POST", f"sessions/{session['id']}/end", {})
        assert await _close_code(candidate) == 1008
        assert await _close_code(host) == 1008
    admin = owner(maya.server)
    await _eventually(lambda: admin.request("GET", f"api/kernels/{model['kernel']['id']}").status_code == 404)
    assert start(maya, f"{session['folder']}/end.ipynb")[0] == 403


async def test_a_person_hears_of_their_own_files_only(maya: Person, priya: Person, session: Session) -> None:
    other = create_session(maya)
    waiting = knock(maya, session, "Will Waiting")
    address = socket_address(maya.server, "api/events/subscribe")
    async with (
        connect(address, additional_headers=priya.headers) as candidate,
        connect(address, additional_headers=waiting.headers) as waiter,
    ):
        for folder in (other["folder"], session["folder"]):
            maya.request("PUT", f"api/contents/{folder}/new.py", json={"type": "file", "format": "text", "content": ""})
        async with asyncio.timeout(10):
            event = json.loads(await candidate.recv())
        assert event["path"].startswith(session["folder"])
        await candidate.send('{"schema_id": "x"}')
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await waiter.recv()


async def _run(socket: ClientConnection, code: str) -> None:
    header = {"msg_id": uuid4().hex, "msg_type": "execute_request", "username": "", "session": "s", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    await socket.send(json.dumps(message))


async def _heard(socket: ClientConnection, text: str) -> str:
    """The first message that has `text` in it; the first of all waits for the kernel to start."""
    async with asyncio.timeout(30):
        while True:
            message = await socket.recv()
            told = message if isinstance(message, str) else message.decode(errors="replace")
            if text in told:
                return told


async def _close_code(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(10):
        try:
            async for _ in socket:
                pass
        except ConnectionClosed:
            pass
    return socket.close_code


async def _eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 (a kernel tells nobody when it is gone)
            await asyncio.sleep(0.1)
