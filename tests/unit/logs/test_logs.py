"""Lines of the log: one shape, the request they belong to, and no secrets."""

import json
import logging
import sys

import pytest

from codewithme_ext.jupyter.requests import shown_address
from codewithme_ext.logs import REQUEST_ID, Lines, Redaction, request_id

MARK = "MARKEDsecret0123456789"


def record(message: str, *, error: Exception | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("codewithme_ext.x", logging.ERROR, __file__, 1, message, (), exc_info)


@pytest.mark.parametrize(
    "text",
    [
        f"GET /base/codewithme/join/1?code={MARK}",
        f"HTTPServerRequest(uri='/welcome?x=1&token={MARK}', version='HTTP/1.1')",
        f"Authorization: Bearer {MARK}",
        f"token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{MARK}",
        f"$argon2id$v=19$m=65536,t=3,p=4${MARK}",
        f'{{"email": "a@b.c", "password": "{MARK}"}}',
        f"{{'refreshToken': '{MARK}'}}",
        f"Cookie: codewithme_access={MARK}; _xsrf=2|{MARK}",
        f"could not connect to postgresql://codewithme:{MARK}@db.example/interviews",
    ],
)
def test_a_secret_is_taken_out_whoever_wrote_it_there(text: str) -> None:
    assert MARK not in Lines().format(record(text))
    assert MARK not in Lines(as_json=True).format(record(text))


def test_what_is_no_secret_stays() -> None:
    line = Lines().format(record("404 GET /api/v1/sessions?limit=3 status_code=404 for 'password rules' at http://a/b"))
    assert "limit=3 status_code=404 for 'password rules' at http://a/b" in line


def test_the_servers_own_secrets_are_hidden_wherever_they_stand() -> None:
    redact = Redaction()
    redact.hide([MARK, "short"])
    assert redact.deep({"a": [f"x{MARK}y", "short"], "n": 1}) == {"a": ["x[hidden]y", "short"], "n": 1}


def test_a_traceback_is_redacted_and_stays_in_one_json_line() -> None:
    try:
        raise ValueError(f"bad address postgresql://u:{MARK}@h/d")
    except ValueError as error:
        line = Lines(as_json=True).format(record("It failed", error=error))
    assert "\n" not in line
    data = json.loads(line)
    assert data["message"] == "It failed"
    assert data["level"] == "error"
    assert "ValueError" in data["traceback"]
    assert MARK not in line
    assert sys.exc_info() == (None, None, None)


def test_a_line_names_its_request_and_nobody_can_forge_another_line() -> None:
    token = REQUEST_ID.set("abc-1")
    try:
        line = Lines().format(record("Hello\n2026-01-01 INFO [forged] line"))
    finally:
        REQUEST_ID.reset(token)
    assert line.endswith("request_id=abc-1")
    assert "\n2026" not in line


@pytest.mark.parametrize("wish", [None, "", "a b", "x" * 65, "a\nb", "<script>", "-x"])
def test_an_id_that_is_not_plain_is_replaced(wish: str | None) -> None:
    assert request_id(wish) != wish
    assert len(request_id(wish)) == 16


def test_an_address_shows_no_value_that_is_not_known_to_be_harmless() -> None:
    assert (
        shown_address(f"/join/1?code={MARK}&limit=5&anything={MARK}")
        == "/join/1?code=[hidden]&limit=5&anything=[hidden]"
    )
