"""What every answer tells the browser not to do (claims C38, C42, C43 and C70)."""

from typing import Any

import httpx
import pytest

from server import PLAIN, InterviewServer, Person, admit, create_session, invite, knock

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PAGES = (
    "codewithme/login",
    "codewithme/register",
    "codewithme/nothing",
    "codewithme/join/00000000-0000-4000-8000-00000000dead?code=x",
    "codewithme/outcome/00000000-0000-4000-8000-00000000dead",
    "codewithme/welcome?token=x",
    "codewithme/assets/pages.css",
)
CALLS = (
    "api/v1/health",
    "api/v1/languages",
    "api/v1/auth/me",
    "api/v1/nothing",
    "api/v1/sessions/x",
    "api/v1/openapi.json",
)
OF_JUPYTER = (
    "lab",
    "static/lab/nothing.js",
    "api",
    "login",
    "socket.io/?EIO=4&transport=polling",
    "favicon.ico",
    "nothing",
)


@pytest.mark.parametrize("path", [*PAGES, *CALLS, *OF_JUPYTER])
def test_no_answer_lets_itself_be_framed_sniffed_or_read_by_another_site(server: InterviewServer, path: str) -> None:
    answer = httpx.get(server.url + path, timeout=30, verify=PLAIN)
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
    assert "camera=(self), microphone=(self)" in answer.headers["Permissions-Policy"]
    assert answer.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
    assert "Strict-Transport-Security" not in answer.headers  # this server speaks plain HTTP
    assert "Access-Control-Allow-Origin" not in answer.headers
    if path in PAGES or path in CALLS:
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_claim_70_our_pages_never_tell_where_somebody_came_from(server: InterviewServer, path: str) -> None:
    assert httpx.get(server.url + path, timeout=30, verify=PLAIN).headers["Referrer-Policy"] == "no-referrer"


def test_claim_40_labs_page_loads_no_image_from_another_site(maya: Person) -> None:
    policy = maya.request("GET", "lab").headers["Content-Security-Policy"]
    assert "img-src 'self' data: blob:" in policy
    assert "frame-ancestors 'none'" in policy


def test_claim_70_an_invitations_page_shows_its_host_and_nothing_else(maya: Person, server: InterviewServer) -> None:
    session = create_session(
        maya, title="Secret title", description="Secret description", problem_statement="Secret problem"
    )
    code = invite(maya, session)
    page = httpx.get(f"{server.url}codewithme/join/{session['id']}?code={code}", timeout=30, verify=PLAIN)
    assert page.status_code == 200
    assert "Maya Lindqvist" in page.text
    assert "Secret" not in page.text
    assert maya.user["email"] not in page.text


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "notes.xml", "script.js"])
def test_claim_38_a_file_of_an_interview_runs_nothing_in_our_origin(
    maya: Person, session: dict[str, Any], server: InterviewServer, name: str
) -> None:
    priya = admit(maya, session, knock(maya, session))
    file = server.data_dir / "files" / session["folder"] / name
    file.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(document.cookie)</script></svg>")
    for person in (maya, priya):
        answer = person.request("GET", f"files/{session['folder']}/{name}")
        assert answer.status_code == 200
        policy = [part.strip() for part in answer.headers["Content-Security-Policy"].split(";")]
        sandbox = next(part for part in policy if part.startswith("sandbox"))
        assert "allow-same-origin" not in sandbox
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"title=forged"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nforged\r\n--x--',
        ),
        ("text/plain", b'{"title": "forged"}'),
        ("", b'{"title": "forged"}'),
    ],
)
def test_claim_42_what_a_form_of_another_site_can_send_changes_nothing(
    maya: Person, server: InterviewServer, content_type: str, body: bytes
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    before = maya.call("GET", "sessions")["sessions"]
    cookie = {"Cookie": f"codewithme_access={maya.token}"}
    calls = [("POST", "sessions"), ("POST", "auth/password")]
    for who, asked in ((maya.headers, calls), (cookie, [*calls, ("DELETE", "auth/devices"), ("DELETE", "auth/me")])):
        for method, path in asked:
            answer = httpx.request(
                method, f"{server.url}api/v1/{path}", content=body, headers={**headers, **who}, timeout=30
            )
            assert answer.status_code in (400, 403), (method, path, answer.text)
    assert maya.call("GET", "sessions")["sessions"] == before
    assert maya.call("GET", "auth/devices")["devices"]


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/base/../..//evil.example",
        "javascript:alert(1)",
        "/base/%2e%2e//evil",
    ],
)
@pytest.mark.parametrize("page", ["codewithme/login", "codewithme/register", "login", "codewithme/welcome"])
def test_claim_43_nobody_is_sent_to_another_site(maya: Person, server: InterviewServer, page: str, onward: str) -> None:
    token = server.owner_link.partition("token=")[2]
    for cookies in ({}, {"codewithme_access": maya.token}):
        answer = httpx.get(
            server.url + page,
            params={"next": onward} | ({"token": token} if page.endswith("welcome") else {}),
            cookies=cookies,
            timeout=30,
            verify=PLAIN,
        )
        location = answer.headers.get("Location", "/base/")
        assert location.startswith("/base/")
        if page != "login":  # which leads to ours, and that one checks
            assert "evil" not in location
            assert "evil" not in answer.text
            assert "alert(1)" not in answer.text
