"""Requests as they come over the wire: methods, sizes, conditions, keys."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select
from tables import database_of

from codewithme_ext.interview.idempotency import IdempotencyKey
from codewithme_ext.rest.openapi import operations
from codewithme_ext.rest.routes import ADDRESSES
from contract import check
from server import InterviewServer, Person, invite


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"title": "a", "title": "b"}', "twice"),
        (b'{"title": NaN}', "NaN"),
        (b'{"title": -Infinity}', "Infinity"),
        (b'{"title": ' + b"[" * 60 + b"]" * 60 + b"}", "nested"),
        (b'{"title": ' + b"9" * 5000 + b"}", "not JSON"),
    ],
)
def test_json_that_could_be_read_in_two_ways_or_not_at_all_is_refused(maya: Person, body: bytes, said: str) -> None:
    response = maya.request("POST", "api/v1/sessions", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (400, "malformed_json")
    assert said in response.json()["message"]


def test_claims_44_and_45_every_number_in_an_address_has_an_end_that_the_database_can_read(
    maya: Person, session: dict[str, Any]
) -> None:
    tried = 0
    for operation in operations(ADDRESSES):
        if operation.method != "GET" or operation.contract.query is None:
            continue
        path = operation.address.format(session_id=session["id"], path="main.py")
        for name, schema in operation.contract.query.model_json_schema()["properties"].items():
            one = next((kind for kind in (schema, *schema.get("anyOf", ())) if kind.get("type") == "integer"), None)
            if one is None:
                continue
            tried += 1
            for value, status in ((one["maximum"], {200, 404}), (one["maximum"] + 1, {400})):
                answer = maya.request("GET", f"api/v1/{path}?{name}={value}")
                assert answer.status_code in status, (path, name, value, answer.text)
    assert tried > 10


def test_claim_46_a_body_that_is_too_large_is_refused_before_it_is_sent(server: InterviewServer) -> None:
    for headers in ("", "Accept-Encoding: gzip\r\n", "Expect: 100-continue\r\n"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
            raw.sendall(
                f"POST {urlsplit(server.url).path}api/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                f"Content-Type: application/json\r\nContent-Length: 10000000000\r\n{headers}\r\n".encode()
            )
            answer = raw.recv(65536).decode()
        assert answer.startswith("HTTP/1.1 413 "), answer
        assert '"too_large"' in answer
        assert "100" not in answer.splitlines()[0]


def test_claim_46_a_body_without_a_length_is_refused_when_it_gets_too_large(maya: Person) -> None:
    def pieces() -> Any:
        for _ in range(100):
            yield b" " * 100_000

    response = maya.request("POST", "api/v1/sessions", content=pieces(), headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_head_options_and_allow_say_what_an_address_takes(maya: Person, session: dict[str, Any]) -> None:
    path = f"api/v1/sessions/{session['id']}"
    head, get = maya.request("HEAD", path), maya.request("GET", path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(get.content))
    options = maya.request("OPTIONS", path)
    assert (options.status_code, options.headers["Allow"]) == (204, "GET, PATCH, DELETE, HEAD, OPTIONS")
    for method in ("PUT", "POST", "TRACE", "NONSENSE"):
        wrong = maya.request(method, path)
        assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, PATCH, DELETE, HEAD, OPTIONS")
        assert wrong.json()["code"] == "method_not_allowed"


def test_a_session_changes_from_the_version_its_etag_names_and_no_other(maya: Person, session: dict[str, Any]) -> None:
    path = f"api/v1/sessions/{session['id']}"
    seen = maya.request("GET", path).headers["ETag"]
    changed = maya.request("PATCH", path, json={"title": "First"}, headers={"If-Match": seen})
    late = maya.request("PATCH", path, json={"title": "Second"}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert late.headers["ETag"] == changed.headers["ETag"] != seen
    for tag, status in ((f'"x", {late.headers["ETag"]}', 200), ("*", 200), (f"W/{seen}", 412), ("nonsense", 400)):
        answer = maya.request("PATCH", path, json={"description": tag[:9]}, headers={"If-Match": tag})
        assert answer.status_code == status, tag
    assert maya.request("PATCH", path, json={"title": "Without"}).status_code == 200
    assert maya.request("DELETE", path, headers={"If-Match": seen}).status_code == 412


async def test_a_key_makes_what_is_sent_twice_once_and_keeps_no_link(maya: Person, session: dict[str, Any]) -> None:
    headers = {"Idempotency-Key": "first try"}
    refused = maya.request("POST", "api/v1/sessions", json={"title": "x"}, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
    headers = {"Idempotency-Key": f"made-{session['id']}"}
    with ThreadPoolExecutor(4) as at_once:
        answers = list(
            at_once.map(
                lambda _: maya.request("POST", "api/v1/sessions", json={"title": "Once"}, headers=headers), range(4)
            )
        )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 3
    other = maya.request("POST", "api/v1/sessions", json={"title": "Twice"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    links = [
        maya.request(
            "POST", f"api/v1/sessions/{session['id']}/invitations", json={}, headers={"Idempotency-Key": "link"}
        ).json()["data"]["invitation"]
        for _ in range(2)
    ]
    assert links[0] == links[1]
    code = links[0]["url"].partition("code=")[2]
    async with database_of(maya.server) as tables:
        kept = await tables.scalars(select(IdempotencyKey.answer).where(IdempotencyKey.user_id == maya.id))
        answers_kept = json.dumps(kept.all())
    assert links[0]["id"] in answers_kept
    assert code not in answers_kept


def test_a_role_and_an_invitation_for_it_are_changed_over_http(maya: Person, session: dict[str, Any]) -> None:
    body = {"session_id": session["id"], "code": invite(maya, session), "name": "Priya", "consent": True}
    accepted = check(httpx.post(f"{maya.server.url}api/v1/invitations/accept", json=body)).json()["data"]
    here = f"sessions/{session['id']}/participants/{accepted['user']['id']}"
    maya.call("POST", f"{here}/admit", {})
    assert maya.call("PATCH", here, {"role": "observer"})["participant"]["role"] == "observer"
    assert maya.request("PATCH", f"api/v1/{here}", json={"role": "host"}).status_code == 400


def test_the_document_and_its_page_are_open_and_the_page_runs_nothing(server: InterviewServer) -> None:
    document = httpx.get(f"{server.url}api/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "/base/api/v1"}]
    page = httpx.get(f"{server.url}api/v1/docs")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert all(f"/{address.split('/')[0]}" in page.text or address in page.text for address in ("sessions", "execute"))
    assert "<script" not in page.text
