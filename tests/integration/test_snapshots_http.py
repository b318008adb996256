"""Snapshots over HTTP."""

import pytest

from server import Person, admit, create_session, knock


def test_a_program_saves_a_text_of_its_own_and_reads_it_back(maya: Person, session: dict[str, str]) -> None:
    snapshots = f"sessions/{session['id']}/snapshots"
    wish = {"content": "print(1)", "language": "python", "message": "first"}
    made = maya.call("POST", snapshots, wish, status=201)["snapshot"]
    assert wish.items() <= made.items()
    assert {"id", "createdAt"} <= made.keys()
    [listed] = maya.call("GET", snapshots)["snapshots"]
    assert listed == made
    assert maya.call("GET", f"{snapshots}/{made['id']}")["snapshot"]["files"] == {"main.py": "print(1)"}


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({"content": 7}, 400, "content"),
        ({"language": "no such"}, 400, "language"),
        ({"language": "klingon"}, 400, "language"),
        ({"message": "two\nlines"}, 400, "message"),
        ({"message": "x" * 201}, 400, "message"),
        ({"content": "x" * 100_001}, 413, "content"),
        ({"files": {}}, 400, "files"),
    ],
)
def test_what_cannot_be_saved_is_named(
    maya: Person, session: dict[str, str], body: dict[str, object], status: int, word: str
) -> None:
    answer = maya.request("POST", f"api/v1/sessions/{session['id']}/snapshots", json=body)
    assert answer.status_code == status
    assert word in answer.text


def test_the_end_is_saved_and_read_by_the_host(maya: Person) -> None:
    session = create_session(maya)
    priya = admit(maya, session, knock(maya, session))
    maya.call("POST", f"sessions/{session['id']}/end", {})
    answer = maya.request("POST", f"api/v1/sessions/{session['id']}/snapshots", json={})
    assert answer.status_code == 410
    assert priya.request("GET", f"api/v1/sessions/{session['id']}/snapshots").status_code == 410
    assert maya.call("GET", f"sessions/{session['id']}/snapshots")["snapshots"] is not None
