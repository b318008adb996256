"""Every call about a session, asked about one of somebody else's and about one there is not (claims C12 and C13)."""

from typing import Any

import httpx
import pytest

from codewithme_ext.rest.openapi import Operation, operations
from codewithme_ext.rest.routes import ADDRESSES
from server import InterviewServer, Person, create_session, register

MISSING = "00000000-0000-4000-8000-00000000dead"
ABOUT_A_SESSION = [operation for operation in operations(ADDRESSES) if "{session_id}" in operation.address]
BODIES: dict[tuple[str, str], Any] = {
    ("PATCH", "participants/{user_id}"): {"role": "observer"},
    ("POST", "chat"): {"text": "Hello"},
    ("POST", "questions"): {"title": "Two sum"},
    ("POST", "questions/{question_id}/results"): {"language": "python", "code": "print()"},
    ("POST", "proctoring"): {"events": [{"sequence": 1, "event_type": "tab_left"}]},
}
"""A good body of calls below a session where an empty one is not."""
PARTS = {"path": "main.py"}
"""Of an address; every other part is an id that nobody has."""


@pytest.fixture(scope="module")
def foreign(server: InterviewServer) -> dict[str, Any]:
    """Somebody else's session."""
    return create_session(register(server), password="open sesame")


@pytest.fixture(scope="module")
def tomas(server: InterviewServer) -> Person:
    """Somebody who has nothing to do with it."""
    return register(server, "Tomas Ortega")


def answer(tomas: Person, operation: Operation, session_id: str) -> httpx.Response:
    """Of a call with everything good but the session."""
    parts = {name: PARTS.get(name, MISSING) for name in operation.contract.path}
    address = operation.address.format(**{**parts, "session_id": session_id})
    below = operation.address.removeprefix("sessions/{session_id}/")
    body = BODIES.get((operation.method.value, below), {}) if operation.writes else None
    return tomas.request(operation.method, f"api/v1/{address}", json=body)


@pytest.mark.parametrize("operation", ABOUT_A_SESSION, ids=lambda operation: operation.name)
def test_claim_12_the_answers_are_the_same(tomas: Person, foreign: dict[str, Any], operation: Operation) -> None:
    answers = [answer(tomas, operation, session_id) for session_id in (foreign["id"], MISSING, "nonsense")]
    assert [one.status_code for one in answers] == [404] * 3, (
        f"{answers[1].text}: does the call need a body? see BODIES"
    )
    assert len({one.content for one in answers}) == 1
    told = [{name for name in one.headers if name not in ("date", "x-request-id")} for one in answers]
    assert told[0] == told[1] == told[2]


def test_claim_13_nothing_of_it_has_changed(foreign: dict[str, Any], tomas: Person) -> None:
    host_id = foreign["host_id"]
    assert host_id != tomas.id
    assert tomas.call("GET", "sessions")["sessions"] == []
