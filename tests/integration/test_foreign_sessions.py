"""Every call about a session, asked about one of somebody else's and about one there is not (claims C12 and C13).

And every call about something in a session, asked in one's own session about what is in another.
"""

from typing import Any

import httpx
import pytest

from codewithme_ext.rest.openapi import Operation, operations
from codewithme_ext.rest.routes import ADDRESSES
from server import InterviewServer, Person, create_session, knock, register

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


OF_ANOTHER = [
    operation
    for operation in operations(ADDRESSES)
    if set(operation.contract.path)
    & {"snapshot_id", "question_id", "result_id", "invitation_id", "user_id", "device_id"}
]


@pytest.fixture(scope="module")
def theirs(server: InterviewServer) -> tuple[Person, dict[str, str], list[Any]]:
    """Somebody, the id of one of each thing in their session, and all of it."""
    zoe = register(server, "Zoe Laurent")
    session = create_session(zoe)
    sid = session["id"]
    priya = knock(zoe, session)
    question = zoe.call("POST", f"sessions/{sid}/questions", {"title": "Two sum"})["question"]["id"]
    work = {"language": "python", "code": "print()"}
    ids = {
        "session_id": sid,
        "user_id": priya.id,
        "snapshot_id": zoe.call("POST", f"sessions/{sid}/snapshots", {"content": "x"})["snapshot"]["id"],
        "question_id": question,
        "result_id": zoe.call("POST", f"sessions/{sid}/questions/{question}/results", work)["result"]["id"],
        "invitation_id": zoe.call("GET", f"sessions/{sid}/invitations")["invitations"][0]["id"],
        "device_id": zoe.call("GET", "auth/devices")["devices"][0]["id"],
    }
    return zoe, ids, _all_of(zoe, sid)


@pytest.mark.parametrize("operation", OF_ANOTHER, ids=lambda operation: operation.name)
def test_claim_12_what_is_in_another_session_is_like_what_there_is_not(
    tomas: Person, theirs: tuple[Person, dict[str, str], list[Any]], operation: Operation
) -> None:
    _, ids, _ = theirs
    own = create_session(tomas)["id"]
    parts = {**dict.fromkeys(ids, MISSING), "session_id": own}
    below = operation.address.removeprefix("sessions/{session_id}/")
    body = BODIES.get((operation.method.value, below), {}) if operation.writes else None
    answers = []
    for foreign in (ids, {}):
        address = operation.address.format(**{**parts, **foreign, "session_id": own})
        answers.append(tomas.request(operation.method, f"api/v1/{address}", json=body))
    assert [one.status_code for one in answers] == [404, 404], [one.text for one in answers]
    assert answers[0].content == answers[1].content


def test_claim_13_nothing_of_what_is_in_it_has_changed(theirs: tuple[Person, dict[str, str], list[Any]]) -> None:
    zoe, ids, before = theirs
    assert _all_of(zoe, ids["session_id"]) == before


def _all_of(person: Person, session_id: str) -> list[Any]:
    parts = ("", "/questions", "/results", "/snapshots", "/invitations", "/waiting", "/activity")
    return [person.call("GET", f"sessions/{session_id}{part}") for part in parts] + [person.call("GET", "auth/devices")]
