"""An interview that is ended or deleted while everybody is in the middle of something (fault 24, claim C69)."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from documents import Editor, open_document
from sockets import Listener, listening

from server import Person

ENDLESS = {"language": "python", "code": "import time; time.sleep(9)"}
Session = dict[str, Any]


@asynccontextmanager
async def in_the_middle(
    maya: Person, priya: Person, session: Session, main: str
) -> AsyncIterator[tuple[Listener, Listener, Editor, Editor, "asyncio.Task[None]"]]:
    """Both listen and have the file open, a program runs, the guest types."""
    async with (
        listening(maya, session["id"]) as host,
        listening(priya, session["id"]) as guest,
        open_document(maya, main) as host_editor,
        open_document(priya, main) as editor,
    ):
        await guest.send("run-code", ENDLESS)
        await host.wait("run-started")
        typing = asyncio.create_task(_type(editor))
        await host_editor.until(lambda e: "# 5" in e.text)
        yield host, guest, host_editor, editor, typing


async def test_fault_24_an_interview_that_ends_while_code_runs_and_people_type_stops_and_is_kept_for_its_host(
    maya: Person, priya: Person, session: Session, main: str
) -> None:
    async with in_the_middle(maya, priya, session, main) as (host, guest, host_editor, editor, typing):
        started = time.monotonic()
        await asyncio.to_thread(maya.call, "POST", f"sessions/{session['id']}/end", {})
        for listener in (host, guest):
            await listener.wait("session-ended")
        stopped = await host.wait("run-code")
        await editor.closed()
        assert time.monotonic() - started < 2
        typing.cancel()
        assert (editor.close_code, stopped["error"]["code"]) == (1008, "stopped")
        shown = host_editor.text
        assert (await guest.send("chat-message", {"text": "anybody?"}))["status"] == "error"
        assert (await guest.send("run-code", ENDLESS))["status"] == "error"
    # What was typed up to the end is there, to be read by the host and changed by nobody.
    async with open_document(maya, main) as reader:
        kept = reader.text
        assert kept.startswith(shown)
        assert editor.text.startswith(kept)
        assert reader.may_edit is False
    async with asyncio.timeout(10):
        while maya.request("GET", f"api/contents/{main}").json()["content"] != kept:  # noqa: ASYNC110 (a file tells nobody)
            await asyncio.sleep(0.1)  # the file follows within two seconds
    changed = {"type": "file", "format": "text", "content": ""}
    assert maya.request("PUT", f"api/contents/{main}", json=changed).status_code == 403
    assert priya.request("GET", f"api/contents/{main}").status_code == 403
    runs = maya.call("GET", f"sessions/{session['id']}/executions")["executions"]
    assert [run["error"]["code"] for run in runs] == ["stopped"]


async def test_fault_24_an_interview_deleted_while_code_runs_and_people_type_is_gone_for_everybody_at_once(
    maya: Person, priya: Person, session: Session, main: str
) -> None:
    """The run is stopped, everybody is told, nothing of it can be reached, no file is left."""
    folder = maya.server.data_dir / "files" / session["folder"]
    assert folder.is_dir()
    async with in_the_middle(maya, priya, session, main) as (host, guest, host_editor, editor, typing):
        started = time.monotonic()
        await asyncio.to_thread(maya.call, "DELETE", f"sessions/{session['id']}")
        for listener in (host, guest):
            await listener.wait("session-deleted")
        for document in (host_editor, editor):
            await document.closed()
        typing.cancel()
        assert (await guest.send("chat-message", {"text": "anybody?"}))["status"] == "error"
        assert time.monotonic() - started < 2
    for person in (maya, priya):
        for path in ("", "/chat", "/activity", "/executions", "/snapshots", "/documents"):
            assert person.request("GET", f"api/v1/sessions/{session['id']}{path}").status_code == 404
        assert person.request("GET", f"api/contents/{main}").status_code in (403, 404)
    assert not folder.exists()


async def _type(editor: Any) -> None:
    number = 0
    while True:
        editor.source += f"# {number}\n"
        number += 1
        await asyncio.sleep(0.02)
