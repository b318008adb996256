"""Snapshots over HTTP, with people who write in the files meanwhile."""

import pytest
from documents import open_document
from sockets import listening

from server import Person, admit, create_session, knock


async def test_what_stands_in_the_editors_is_saved_and_restored_while_others_write(
    maya: Person, priya: Person, session: dict[str, str]
) -> None:
    snapshots, main = f"sessions/{session['id']}/snapshots", f"{session['folder']}/main.py"
    async with (
        open_document(maya, main) as host,
        open_document(priya, main) as candidate,
        listening(maya, session["id"]) as heard,
    ):
        candidate.source += "def solve():\n    return 42\n"
        await host.until(lambda e: "return 42" in e.text)
        saved = priya.call("POST", snapshots, {"message": "Tests pass"}, status=201)["snapshot"]
        assert saved["content"] == "def solve():\n    return 42\n"
        assert (await heard.wait("snapshot-saved"))["message"] == "Tests pass"

        candidate.source.insert(0, "# written later\n")
        start = candidate.text.index("42")
        del candidate.source[start : start + 2]
        await host.until(lambda e: "return \n" in e.text)
        now = maya.call("GET", f"{snapshots}/now")["files"]
        assert now["main.py"] == candidate.text

        told = maya.call("POST", f"{snapshots}/{saved['id']}/restore", {})
        for editor in (host, candidate):
            await editor.until(lambda e: e.text == saved["content"])
        assert (await heard.wait("snapshot-restored"))["beforeId"] == told["before"]["id"]

        # Both go on writing where they were, and what was there before is one more restore away.
        candidate.source += "# on"
        await host.until(lambda e: e.text.endswith("# on"))
        maya.call("POST", f"{snapshots}/{told['before']['id']}/restore", {})
        await candidate.until(lambda e: e.text == now["main.py"])
    listed = [s["reason"] for s in priya.call("GET", snapshots)["snapshots"]]
    assert listed == ["before_restore", "before_restore", "by_hand"]


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
