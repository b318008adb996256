"""The server stops in order, also in the middle of things (fault F25)."""

import asyncio
import signal

import pytest
from documents import open_document
from sockets import listening

from server import InterviewServer, admit, create_session, knock, register


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_fault_25_the_process_is_gone_within_ten_seconds_with_people_inside(
    own_server: InterviewServer, how: signal.Signals
) -> None:
    maya = register(own_server)
    session = create_session(maya)
    priya = admit(maya, session, knock(maya, session))
    path = f"{session['folder']}/main.py"
    async with (
        listening(maya, session["id"]) as host,
        listening(priya, session["id"]) as guest,
        open_document(maya, path),
        open_document(priya, path),
    ):
        await guest.send("chat-message", {"text": "heard"})
        await guest.send("run-code", {"language": "python", "code": "import time; time.sleep(9)"})
        await host.wait("run-started")
        process = own_server.process
        process.send_signal(how)
        status = await asyncio.to_thread(process.wait, 10)
    assert status == 0
    own_server.start()
    assert [m["text"] for m in maya.call("GET", f"sessions/{session['id']}/chat")["messages"]] == ["heard"]
    runs = maya.call("GET", f"sessions/{session['id']}/executions")["executions"]
    assert [run["error"]["code"] for run in runs] == ["interrupted"]
