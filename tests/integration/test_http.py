"""The HTTP interface: shapes of answers and errors, log-ins, what cookies may do, and no 500 for anything sent."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from server import InterviewServer, Person, admit, create_session, invite, knock, owner, register

PNG = b"\x89PNG\r\n"


def refused(response: httpx.Response, status: int, code: str) -> None:
    """The answer is an error of the one shape."""
    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, "error", code), response.text
    assert body["message"].endswith((".", "?"))


def test_the_whole_life_of_an_interview_over_http(maya: Person, server: InterviewServer) -> None:
    made = maya.request("POST", "api/v1/sessions", json={"title": "Loops", "password": "open sesame"})
    assert made.status_code == 201
    session = made.json()["data"]["session"]
    assert (session["status"], session["has_password"], session["role"]) == ("open", True, "host")
    assert "password" not in session
    sid = session["id"]
    assert maya.call("PATCH", f"sessions/{sid}", {"title": "Loops, round 2"})["session"]["title"] == "Loops, round 2"
    assert [entry["id"] for entry in maya.call("GET", "sessions")["sessions"]] == [sid]
    link = maya.call("POST", f"sessions/{sid}/invite-link", {})["invitation"]
    assert link["url"].startswith(f"/base/codewithme/join/{sid}?code=")
    body = {"session_id": sid, "code": link["url"].partition("code=")[2], "name": "Priya", "consent": True}
    url = f"{server.url}api/v1/invitations/accept"
    refused(httpx.post(url, json=body), 403, "wrong_password")
    accepted = httpx.post(url, json={**body, "password": "open sesame"}).json()["data"]
    assert accepted["session"]["state"] == "waiting"
    priya = Person(server, accepted["user"], accepted["token"], accepted["refreshToken"])
    refused(priya.request("GET", f"api/v1/sessions/{sid}"), 404, "not_found")
    assert priya.call("GET", f"sessions/{sid}/door")["host_name"] == "Maya Lindqvist"
    admit(maya, session, priya)
    assert {p["name"] for p in priya.call("GET", f"sessions/{sid}")["session"]["participants"]} == {
        "Maya Lindqvist",
        "Priya",
    }
    maya.call("POST", f"sessions/{sid}/end", {})
    refused(priya.request("GET", f"api/v1/sessions/{sid}"), 410, "gone")
    log = maya.call("GET", f"sessions/{sid}/activity")["activity"]
    types = [line["type"] for line in log if line["type"] != "snapshot-saved"]  # which comes a moment later
    assert types == [
        "session-created",
        "session-updated",
        "invitation-created",
        "participant-waiting",
        "participant-admitted",
        "session-ended",
    ]
    maya.call("DELETE", f"sessions/{sid}", status=204)
    refused(maya.request("GET", f"api/v1/sessions/{sid}"), 404, "not_found")


def test_logging_in_refreshing_and_out(server: InterviewServer) -> None:
    maya = register(server)
    credentials = {"email": maya.user["email"].upper(), "password": "correct horse battery"}
    data = httpx.post(f"{server.url}api/v1/auth/login", json=credentials).json()["data"]
    assert data["user"] == maya.user
    assert maya.call("GET", "auth/me")["user"] == maya.user
    url = f"{server.url}api/v1/auth/refresh"
    fresh = httpx.post(url, json={"refreshToken": data["refreshToken"]}).json()["data"]
    refused(httpx.post(url, json={"refreshToken": data["refreshToken"]}), 401, "not_authenticated")
    refused(httpx.post(url, json={"refreshToken": fresh["refreshToken"]}), 401, "not_authenticated")
    maya.call("POST", "auth/logout", {"refreshToken": maya.refresh_token}, status=204)
    refused(httpx.post(url, json={"refreshToken": maya.refresh_token}), 401, "not_authenticated")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Basic bWF5YTptYXlh"},
        {"Authorization": "Bearer"},
    ],
)
def test_claim_2_without_a_good_token_everything_answers_401(server: InterviewServer, headers: dict[str, str]) -> None:
    for method, path in (
        ("GET", "auth/me"),
        ("POST", "auth/token"),
        ("GET", "sessions"),
        ("POST", "sessions"),
        ("GET", "sessions/x"),
        ("DELETE", "sessions/x"),
        ("POST", "execute"),
        ("POST", "sessions/join"),
    ):
        response = httpx.request(method, f"{server.url}api/v1/{path}", headers=headers, json={})
        refused(response, 401, "not_authenticated")


def test_claim_4_a_token_in_the_address_or_in_any_other_cookie_is_nothing(maya: Person) -> None:
    url = f"{maya.server.url}api/v1/auth/me"
    for name in ("token", "access_token", "jwt", "auth"):
        refused(httpx.get(url, params={name: maya.token}), 401, "not_authenticated")
        refused(httpx.get(url, cookies={name: maya.token}), 401, "not_authenticated")


def test_claim_42_a_cookie_writes_only_with_the_xsrf_token_and_json(server: InterviewServer) -> None:
    with httpx.Client(base_url=server.url) as browser:
        browser.post(
            "api/v1/auth/register",
            json={"name": "Tomas", "email": "t@xsrf.example", "password": "correct horse battery"},
        )
        assert browser.get("api/v1/auth/me").status_code == 200
        refused(browser.post("api/v1/sessions", json={"title": "forged"}), 403, "not_permitted")
        for body in ({"data": {"title": "forged"}}, {"content": b'{"title": "forged"}'}):
            assert browser.post("api/v1/sessions", **body).status_code in (400, 403)
        browser.get("lab")  # a page, which brings the XSRF token
        headers = {"X-XSRFToken": browser.cookies["_xsrf"]}
        assert browser.post("api/v1/sessions", json={"title": "real"}, headers=headers).status_code == 201
        text = browser.post(
            "api/v1/sessions", content=b'{"title": "x"}', headers={**headers, "Content-Type": "text/plain"}
        )
        refused(text, 400, "malformed_json")


def test_a_program_whose_client_keeps_cookies_can_use_all_open_calls(server: InterviewServer) -> None:
    wish = {"name": "Tomas", "email": f"t.{uuid4().hex}@jar.example", "password": "correct horse battery"}
    credentials = {"email": wish["email"], "password": wish["password"]}
    with httpx.Client(base_url=f"{server.url}api/v1/") as program:
        assert program.post("auth/register", json=wish).status_code == 201
        refused(program.post("auth/register", json=wish), 409, "conflict")
        login = program.post("auth/login", json=credentials)
        assert login.status_code == 200
        refused(
            program.post("auth/login", json={**credentials, "password": "not my password"}), 401, "not_authenticated"
        )
        refresh = program.post("auth/refresh", json={"refreshToken": login.json()["data"]["refreshToken"]})
        assert refresh.status_code == 200
        accept = {"session_id": str(uuid4()), "code": "x" * 22, "name": "Tomas", "consent": True}
        assert program.post("invitations/accept", json=accept).status_code == 404
        refused(program.post("sessions", json={"title": "forged"}), 403, "not_permitted")


def test_the_owners_link_logs_in_and_a_wrong_one_does_not(server: InterviewServer) -> None:
    assert owner(server).user["role"] == "admin"
    wrong = httpx.get(f"{server.url}codewithme/welcome?token=wrong", follow_redirects=False)
    assert wrong.status_code in (401, 403)
    assert "codewithme_access" not in wrong.headers.get("set-cookie", "")


def test_claims_12_and_13_a_foreign_session_is_like_a_missing_one(
    maya: Person, session: dict[str, Any], server: InterviewServer
) -> None:
    stranger = register(server, "Tomas Ortega")
    missing = "00000000-0000-4000-8000-00000000dead"
    for method, path in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/end"),
        ("GET", "/activity"),
        ("GET", "/chat"),
        ("GET", "/executions"),
        ("GET", "/waiting"),
        ("GET", "/door"),
        ("GET", "/invitations"),
        ("POST", "/invitations"),
        ("POST", "/invite-link"),
        ("POST", f"/participants/{maya.id}/remove"),
    ):
        answers = [
            stranger.request(method, f"api/v1/sessions/{sid}{path}", json={} if method != "GET" else None)
            for sid in (session["id"], missing)
        ]
        assert answers[0].status_code == answers[1].status_code == 404, (method, path)
        assert answers[0].content == answers[1].content


def test_claim_15_no_field_of_a_body_makes_anybody_host(maya: Person, session: dict[str, Any]) -> None:
    code = invite(maya, session)
    base = {"session_id": session["id"], "code": code, "name": "Priya", "consent": True}
    url = f"{maya.server.url}api/v1/invitations/accept"
    for extra in ({"role": "host"}, {"host_id": "x"}, {"state": "admitted"}, {"isCreator": True}):
        refused(httpx.post(url, json={**base, **extra}), 400, "invalid_input")


def test_a_candidate_does_nothing_of_the_hosts(maya: Person, session: dict[str, Any]) -> None:
    priya = admit(maya, session, knock(maya, session))
    jun = knock(maya, session, "Jun Watanabe")
    sid = session["id"]
    for method, path in (
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/end"),
        ("GET", "/waiting"),
        ("GET", "/invitations"),
        ("POST", "/invitations"),
        ("POST", f"/participants/{jun.id}/admit"),
        ("POST", f"/participants/{jun.id}/reject"),
        ("POST", f"/participants/{maya.id}/remove"),
    ):
        response = priya.request(method, f"api/v1/sessions/{sid}{path}", json={} if method != "GET" else None)
        refused(response, 403, "not_permitted")
    refused(priya.request("POST", "api/v1/sessions", json={"title": "mine"}), 403, "not_permitted")


BODIES: list[bytes] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"7",
    b"[" * 100_000,
    b'{"title": ' + b'{"a":' * 50_000,
    b'{"title": "\\u0000"}',
    b'{"title": "\\ud800"}',
    b'{"title": 7}',
    b'{"title": ""}',
    b'{"title": "x", "password": {}}',
    b'{"title": "' + b"x" * 300 + b'"}',
    b'{"id": 1e400}',
    b'{"id": NaN}',
    b"\xff\xfe",
    PNG,
]
POSTS = (
    "auth/register",
    "auth/login",
    "auth/refresh",
    "sessions",
    "sessions/join",
    "invitations/accept",
    "execute",
    "sessions/x/invitations",
)


@pytest.mark.parametrize("path", POSTS)
def test_claim_44_no_body_makes_a_5xx_and_the_field_is_named(maya: Person, path: str) -> None:
    for body in BODIES:
        response = maya.request("POST", f"api/v1/{path}", content=body, headers={"Content-Type": "application/json"})
        assert 400 <= response.status_code < 500, (body[:40], response.text)
        answer = response.json()
        assert set(answer) <= {"status", "code", "message", "errors"}
        if answer["code"] == "invalid_input":
            assert answer["errors"]
            assert all(set(problem) == {"field", "message"} for problem in answer["errors"])


def test_what_only_the_rules_can_refuse_names_its_field_too(maya: Person, session: dict[str, Any]) -> None:
    here = f"sessions/{session['id']}"
    maya.call("PATCH", here, {"status": "live"})
    for method, path, body, field in (
        ("POST", "sessions", {"title": "x", "language": "klingon"}, "language"),
        ("PATCH", here, {"language": "klingon"}, "language"),
        ("PATCH", here, {"status": "open"}, "status"),
        ("POST", f"{here}/chat", {"text": "  "}, "text"),
        ("POST", "execute", {"language": "python", "files": {"../x.py": ""}, "entry": "../x.py"}, "files"),
    ):
        response = maya.request(method, f"api/v1/{path}", json=body)
        refused(response, 400, "invalid_input")
        assert [problem["field"] for problem in response.json()["errors"]] == [field], response.text


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "created_from=0001-01-01T00:00:00%2B14:00",
        "limit=-1",
        "limit=x",
        "limit=1e9",
        "limit=٣",
        "after=x",
        "status=x",
        "after=%00",
        "limit=" + "9" * 400,
    ],
)
def test_a_wrong_query_names_the_field(maya: Person, query: str) -> None:
    response = maya.request("GET", f"api/v1/sessions?{query}")
    refused(response, 400, "invalid_input")


def test_claim_46_a_body_of_ten_megabytes_is_refused(maya: Person) -> None:
    body = json.dumps({"title": "x" * 10_000_000}).encode()
    response = maya.request("POST", "api/v1/sessions", content=body, headers={"Content-Type": "application/json"})
    refused(response, 413, "too_large")


def test_an_unknown_address_and_a_wrong_method_have_the_same_shape(maya: Person) -> None:
    refused(maya.request("GET", "api/v1/nothing/here"), 404, "not_found")
    refused(maya.request("PUT", "api/v1/sessions"), 405, "method_not_allowed")


def test_health_and_languages_are_open(server: InterviewServer) -> None:
    health = httpx.get(f"{server.url}api/v1/health", timeout=30).json()["data"]
    assert health["ready"] is True
    assert health["missing"] == []
    assert health["database"] == {"available": True}
    assert health["documents"]["available"] is True
    for probe in ("live", "ready"):
        assert httpx.get(f"{server.url}api/v1/health/{probe}", timeout=30).status_code == 200
    assert health["sandbox"]["available"] is True
    languages = httpx.get(f"{server.url}api/v1/languages", timeout=30).json()["data"]["languages"]
    ready = {language["id"] for language in languages if language["available"]}
    assert {"python", "javascript", "c", "cpp", "bash"} <= ready
    assert all(language["available"] or language["reason"] for language in languages)


def test_claim_6_no_password_or_hash_is_ever_answered_or_logged(server: InterviewServer) -> None:
    maya = register(server)
    session = create_session(maya, password="open sesame fishwife")
    for answer in (
        maya.request("GET", f"api/v1/sessions/{session['id']}"),
        maya.request("GET", "api/v1/sessions"),
        maya.request("GET", "api/v1/auth/me"),
        maya.request("GET", f"api/v1/sessions/{session['id']}/activity"),
    ):
        assert "argon2" not in answer.text
        assert "fishwife" not in answer.text
    for secret in ("argon2", "fishwife", "correct horse", maya.token, maya.refresh_token):
        assert secret not in server.log


def test_claims_66_and_67_links_are_not_logged_and_secrets_are_the_owners_alone(
    server: InterviewServer, database: str
) -> None:
    owner(server)
    token = server.owner_link.partition("token=")[2]
    assert server.log.count(token) == 1  # the line the server printed for its owner
    databases = ("codewithme.sqlite", "codewithme.sqlite-wal") if database == "sqlite" else ()
    for name in ("jwt_secret", *databases):
        assert (server.data_dir / name).stat().st_mode & 0o777 == 0o600, name
    assert (server.data_dir / "files").stat().st_mode & 0o777 == 0o700


def test_without_an_engine_everything_but_running_works(own_server_without_engine: InterviewServer) -> None:
    maya = register(own_server_without_engine)
    session = create_session(maya)
    refused(
        maya.request("POST", "api/v1/execute", json={"language": "python", "code": "1", "sessionId": session["id"]}),
        503,
        "sandbox_unavailable",
    )
    health = maya.call("GET", "health")
    assert health["ready"] is True
    assert health["missing"] == ["sandbox"]
    assert health["sandbox"]["available"] is False
    assert health["sandbox"]["advice"]
    languages = maya.call("GET", "languages")["languages"]
    assert languages
    assert not any(language["available"] for language in languages)
    types = [line["type"] for line in maya.call("GET", f"sessions/{session['id']}/activity")["activity"]]
    assert types[-2:] == ["execution-started", "execution-finished"]
