"""An interview live: a host and a candidate over Socket.IO with the stock client.

    pip install "python-socketio[asyncio_client]" httpx
    python examples/live_client.py http://localhost:8888/

docs/http.md lists every event. A message is acknowledged with `{"status": "success", "data"?}` or the error shape of HTTP.
"""

import asyncio
import sys
import uuid
from typing import Any
from urllib.parse import urlsplit

import httpx
import socketio


class Live:
    """One connection. Frames are kept, so that one that came early is not missed."""

    def __init__(self, base_url: str, token: str) -> None:
        self._base_url = base_url
        self._token = token
        self._frames: dict[str, asyncio.Queue[Any]] = {}
        self._client = socketio.AsyncClient()
        self._client.on("*", self._keep)

    @property
    def sid(self) -> str:
        """What others call this connection: the `socketId` of events."""
        return str(self._client.get_sid())

    async def connect(self) -> None:
        """With the access token in the handshake, never in the address."""
        where = urlsplit(self._base_url)
        await self._client.connect(
            f"{where.scheme}://{where.netloc}", socketio_path=f"{where.path}socket.io", auth={"token": self._token}
        )

    async def send(self, event: str, data: Any) -> Any:
        """Send, and give the acknowledgement's data."""
        answer = await self._client.call(event, data, timeout=30)
        if answer["status"] != "success":
            raise RuntimeError(f"{event}: {answer['message']}")
        return answer.get("data")

    async def next(self, event: str) -> Any:
        """The next frame of that name."""
        return await asyncio.wait_for(self._frames.setdefault(event, asyncio.Queue()).get(), 30)

    async def close(self) -> None:
        """Leave."""
        await self._client.disconnect()

    async def _keep(self, event: str, *data: Any) -> None:
        self._frames.setdefault(event, asyncio.Queue()).put_nowait(data[0] if data else None)


def prepare(base_url: str) -> tuple[str, str, str]:
    """Over HTTP: a host, an interview, and a guest who has agreed to what is recorded. Gives the id and both tokens."""
    with httpx.Client(base_url=f"{base_url}api/v1/", timeout=30) as http:

        def post(path: str, body: Any, token: str | None = None) -> Any:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            http.cookies.clear()  # those are for browsers
            return http.post(path, json=body, headers=headers).raise_for_status().json()["data"]

        email = f"maya.{uuid.uuid4().hex[:8]}@company.example"
        host = post("auth/register", {"name": "Maya", "email": email, "password": "correct horse battery"})["token"]
        session_id = post("sessions", {"title": "Live"}, host)["session"]["id"]
        link = post(f"sessions/{session_id}/invite-link", {}, host)["invitation"]["url"]
        request = {"session_id": session_id, "code": link.partition("code=")[2], "name": "Priya", "consent": True}
        return session_id, host, post("invitations/accept", request)["token"]


async def main(base_url: str) -> None:
    """Both of them in one program."""
    session_id, host_token, candidate_token = prepare(base_url)
    host, candidate = Live(base_url, host_token), Live(base_url, candidate_token)
    bad = Live(base_url, "nonsense")
    try:
        await bad.connect()
        raise AssertionError("A bad token got in")
    except socketio.exceptions.ConnectionError as refusal:
        print("a bad token:", refusal)

    await host.connect()
    await host.send("join-session", {"sessionId": session_id, "username": "Maya", "isCreator": True})
    status = await host.next("admission-status")
    assert (status["admitted"], status["isHost"]) == (True, True)
    await host.next("waiting-room-list")

    # `isCreator` is a claim of the client, and nobody believes it.
    await candidate.connect()
    await candidate.send("join-session", {"sessionId": session_id, "username": "Root", "isCreator": True})
    status = await candidate.next("admission-status")
    assert (status["admitted"], status["isHost"], status["waitingForHost"]) == (False, False, False)
    waiting: list[dict[str, Any]] = []
    while not (waiting and waiting[0]["socketId"]):
        waiting = await host.next("waiting-room-list")
    assert (waiting[0]["username"], waiting[0]["socketId"]) == ("Priya", candidate.sid)
    assert {"socketId", "userId", "username", "requestedAt"} <= set(waiting[0])

    await host.send("admit-participant", {"sessionId": session_id, "participantSocketId": candidate.sid})
    while not status["admitted"]:
        status = await candidate.next("admission-status")
    joined = await host.next("user-joined")
    assert (joined["username"], joined["socketId"]) == ("Priya", candidate.sid)

    await candidate.send("chat-message", {"text": "Hello!"})
    message = await host.next("chat-message")
    assert {"id", "userId", "username", "text", "timestamp"} <= set(message)
    assert (message["username"], message["text"]) == ("Priya", "Hello!")

    await host.send("language-change", {"language": "python"})
    assert (await candidate.next("language-change"))["username"] == "Maya"

    # WebRTC: the server passes a signal to the one connection it is for, and says who it came from.
    await host.send("signal", {"toSocketId": candidate.sid, "signal": {"type": "offer", "sdp": "v=0"}})
    signal = await candidate.next("signal")
    assert (signal["from"], signal["username"], signal["signal"]["type"]) == (host.sid, "Maya", "offer")

    # Everybody sees the result, which is the server's; without a container engine it says what is missing.
    await candidate.send("run-code", {"language": "python", "code": "print(input())", "stdin": "42\n"})
    for person in (host, candidate):
        result = await person.next("run-code")
        assert {"stdout", "stderr", "exitCode", "executionTime", "userId", "username"} <= set(result)
        assert result["error"] is not None or (result["stdout"], result["exitCode"]) == ("42\n", 0)
    print("ran:", result["error"] or result["stdout"].strip())

    await host.send("set-auto-admit", {"sessionId": session_id, "enabled": True})
    await candidate.close()
    assert (await host.next("user-left"))["username"] == "Priya"
    await host.close()
    print("done")


if __name__ == "__main__":
    address = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8888"
    asyncio.run(main(address.rstrip("/") + "/"))
