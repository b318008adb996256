"""One interview from beginning to end over HTTP, with nothing but httpx: what a company's own script would do.

    python examples/http_client.py http://localhost:8888/

It registers a host (the server must have registration open), so try it on a server of your own. Every answer is
`{"status": "success", "data": …}` or `{"status": "error", "code", "message", "errors"?}`; docs/http.md lists every call.
"""

import io
import sys
import uuid
import zipfile
from typing import Any

import httpx


class RefusedError(Exception):
    """The server did not do it; `code` is the machine's word for why."""

    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        super().__init__(f"{status} {answer['code']}: {answer['message']} {answer.get('errors', '')}")
        self.status = status
        self.code = answer["code"]


class Api:
    """The interface as one person, or a stranger, sees it."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(base_url=f"{base_url}api/v1/", headers=headers, timeout=60)
        self.etag = ""
        """Of the last answer."""

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The `data` of the answer, None for 204. Raises RefusedError."""
        response = self._client.request(method, path, json=body, **options)
        self.etag = response.headers.get("ETag", "")
        if response.status_code == 204:
            return None
        answer = response.json()
        if response.status_code >= 400:
            raise RefusedError(response.status_code, answer)
        return answer["data"]

    def bytes(self, path: str) -> bytes:
        """What is not JSON."""
        response = self._client.get(path)
        response.raise_for_status()
        return response.content


def refused(status: int, api: Api, method: str, path: str, body: Any = None, **options: Any) -> RefusedError:
    """The refusal of a call that must not be done."""
    try:
        api.call(method, path, body, **options)
    except RefusedError as refusal:
        if refusal.status == status:
            return refusal
        raise
    raise AssertionError(f"{method} {path} was done")


def main(base_url: str) -> None:
    """All of it."""
    stranger = Api(base_url)
    print("is up:", stranger.call("GET", "health")["database"])
    languages = stranger.call("GET", "languages")["languages"]
    can_run = any(language["id"] == "python" and language["available"] for language in languages)

    # An account, and staying logged in.
    email = f"maya.{uuid.uuid4().hex[:8]}@company.example"
    account = {"name": "Maya Lindqvist", "email": email, "password": "correct horse battery"}
    assert set(stranger.call("POST", "auth/register", account)) == {"user", "token", "refreshToken"}
    grant = stranger.call("POST", "auth/login", {"email": email, "password": account["password"]})
    fresh = stranger.call("POST", "auth/refresh", {"refreshToken": grant["refreshToken"]})
    refused(401, stranger, "POST", "auth/refresh", {"refreshToken": grant["refreshToken"]})  # that one is spent
    grant = stranger.call("POST", "auth/login", {"email": email, "password": account["password"]})
    host = Api(base_url, grant["token"])
    assert host.call("GET", "auth/me")["user"]["email"] == email
    assert fresh["token"]

    # An interview. A key of our own makes it harmless to send the request again when its answer got lost.
    key = {"Idempotency-Key": uuid.uuid4().hex}
    wish = {"title": "Cache with expiry", "language": "python", "problem_statement": "# Write a cache"}
    session = host.call("POST", "sessions", wish, headers=key)["session"]
    assert host.call("POST", "sessions", wish, headers=key)["session"]["id"] == session["id"]
    refused(422, host, "POST", "sessions", {**wish, "title": "Another"}, headers=key)
    here = f"sessions/{session['id']}"
    assert host.call("GET", "sessions", params={"q": "expiry", "status": "open"})["sessions"][0]["id"] == session["id"]

    # Two hosts do not overwrite each other: the ETag says what a change starts from.
    host.call("GET", here)
    seen = host.etag
    host.call("PATCH", here, {"description": "Forty minutes"}, headers={"If-Match": seen})
    assert refused(412, host, "PATCH", here, {"title": "Lost?"}, headers={"If-Match": seen}).code == "changed_meanwhile"

    # Somebody comes by a link, waits, and is let in.
    link = host.call("POST", f"{here}/invitations", {"role": "candidate"})["invitation"]["url"]
    code = link.partition("code=")[2]
    request = {"session_id": session["id"], "code": code, "name": "Priya Nair", "consent": True}
    accepted = stranger.call("POST", "invitations/accept", request)
    candidate = Api(base_url, accepted["token"])
    refused(404, candidate, "GET", here)  # until admitted, there is nothing
    assert candidate.call("GET", f"{here}/door")["state"] == "waiting"
    [waiting] = host.call("GET", f"{here}/waiting")["waiting"]
    host.call("POST", f"{here}/participants/{waiting['user_id']}/admit", {})
    inside = candidate.call("GET", here)["session"]
    assert {person["name"] for person in inside["participants"]} == {"Maya Lindqvist", "Priya Nair"}
    refused(403, candidate, "PATCH", here, {"title": "Mine"})

    # Talk, keep the code, run it.
    candidate.call("POST", f"{here}/chat", {"text": "Hello!"})
    assert host.call("GET", f"{here}/chat", params={"after": 0})["messages"][-1]["username"] == "Priya Nair"
    snapshot = candidate.call(
        "POST", f"{here}/snapshots", {"content": "print(6 * 7)\n", "language": "python", "message": "First try"}
    )["snapshot"]
    assert host.call("GET", f"{here}/snapshots")["snapshots"][0]["id"] == snapshot["id"]
    program = {"language": "python", "code": "print(6 * 7)"}
    if can_run:
        run = candidate.call("POST", "execute", {**program, "sessionId": session["id"]})
        assert (run["stdout"], run["exitCode"]) == ("42\n", 0)
        assert host.call("GET", f"{here}/executions")["executions"][0]["executionId"] == run["executionId"]

    # A question with a test the candidate sees and one only we see.
    tests = [
        {"name": "answer", "expected_output": "42"},
        {"name": "secret", "expected_output": "42", "is_hidden": True, "points": 2},
    ]
    question = host.call("POST", f"{here}/questions", {"title": "Print 42", "notes": "Easy", "tests": tests})[
        "question"
    ]
    [shown] = candidate.call("GET", f"{here}/questions")["questions"]
    assert [test["name"] for test in shown["tests"]] == ["answer"]
    if can_run:
        handed_in = candidate.call("POST", f"{here}/questions/{question['id']}/results", program)["result"]
        assert (handed_in["passed_tests"], handed_in["score"]) == (1, None)
        [result] = host.call("GET", f"{here}/results")["results"]
        assert (result["passed_tests"], result["score"]) == (2, 3)
        host.call("PATCH", f"{here}/results/{result['id']}", {"code_quality": 80, "feedback": "Short and right."})

    # What the candidate's browser observes, if the server records it; number 2 never comes.
    events = [
        {"sequence": 1, "event_type": "tab_left"},
        {"sequence": 3, "event_type": "paste", "event_data": {"length": 120, "where": "main.py"}},
    ]
    candidate.call("POST", f"{here}/proctoring", {"events": events})
    timeline = host.call("GET", f"{here}/proctoring")["events"]
    assert {event["sequence"]: event["missing_before"] for event in timeline} == {1: 0, 3: 1}

    # The end: everything that happened, and all of it as one file.
    host.call("POST", f"{here}/end", {})
    refused(410, candidate, "POST", f"{here}/chat", {"text": "Bye"})
    happened = [line["type"] for line in host.call("GET", f"{here}/activity", params={"limit": 500})["activity"]]
    assert (happened[0], happened[-1]) == ("session-created", "session-ended")
    with zipfile.ZipFile(io.BytesIO(host.bytes(f"{here}/export"))) as archive:
        print("exported:", ", ".join(archive.namelist()))
    host.call("DELETE", here)
    refused(404, host, "GET", here)
    host.call("POST", "auth/logout", {"refreshToken": grant["refreshToken"]})
    print("done")


if __name__ == "__main__":
    address = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8888"
    main(address.rstrip("/") + "/")
