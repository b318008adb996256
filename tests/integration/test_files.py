"""The files of an interview: every change reaches everyone, and nothing leads out of the folder or over its limits."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from documents import ask_for_room, open_document, room_of
from sockets import Listener, listening
from tables import refusing

from server import InterviewServer, Person, create_session, register

Session = dict[str, Any]


@pytest.fixture(scope="module")
def maya(server: Any) -> Person:
    """An account that hosts all sessions here."""
    return register(server)


@pytest.fixture
async def heard(maya: Person, session: Session) -> AsyncIterator[Listener]:
    """The host's live connection."""
    async with listening(maya, str(session["id"])) as heard:
        yield heard


def contents(person: Person, method: str, path: str, body: Any = None) -> Any:
    """A request to Jupyter's contents service."""
    return person.request(method, f"api/contents/{quote(path)}", **({} if body is None else {"json": body}))


def text(content: str = "") -> dict[str, str]:
    """A text file as the contents service takes it."""
    return {"type": "file", "format": "text", "content": content}


async def test_every_change_is_told_to_everyone_with_who_made_it(
    priya: Person, session: Session, heard: Listener
) -> None:
    folder = session["folder"]
    steps = [
        ("PUT", f"{folder}/tests.py", text("assert True\n"), ("created", "tests.py", None)),
        ("PUT", f"{folder}/tests.py", text("assert 1\n"), ("changed", "tests.py", None)),
        ("POST", folder, {"type": "directory"}, ("created", "Untitled Folder", None)),
        ("PATCH", f"{folder}/Untitled Folder", {"path": f"{folder}/src"}, ("renamed", "src", "Untitled Folder")),
        ("POST", folder, {"type": "file", "ext": ".py"}, ("created", "untitled.py", None)),
        ("POST", f"{folder}/src", {"copy_from": f"{folder}/tests.py"}, ("created", "src/tests.py", None)),
        ("PATCH", f"{folder}/tests.py", {"path": f"{folder}/src/all.py"}, ("renamed", "src/all.py", "tests.py")),
        ("DELETE", f"{folder}/src", None, ("deleted", "src", None)),
    ]
    for method, path, body, expected in steps:
        assert contents(priya, method, path, body).status_code in (200, 201, 204), path
        last = priya.call("GET", f"sessions/{session['id']}/activity")["activity"][-1]["data"]
        assert (last["change"], last["path"], last["oldPath"]) == expected, "it was answered before it was noted"
    await heard.wait("files-changed", lambda change: change["change"] == "deleted")
    told = heard.all("files-changed")
    assert [(change["change"], change["path"], change["oldPath"]) for change in told] == [step[3] for step in steps]
    assert {change["username"] for change in told} == {"Priya Nair"}
    log = priya.call("GET", f"sessions/{session['id']}/activity")["activity"]
    assert len([line for line in log if line["type"] == "files-changed"]) == len(steps)


async def test_documents_have_followed_a_change_when_it_is_answered(priya: Person, session: Session, main: str) -> None:
    folder = session["folder"]
    async with open_document(priya, main) as editor:
        room = room_of(priya, main)
        for number in range(5):  # there and back
            old, new = (main, f"{folder}/moved.py") if number % 2 == 0 else (f"{folder}/moved.py", main)
            assert contents(priya, "PATCH", old, {"path": new}).status_code == 200
            assert room_of(priya, new) == room
        assert contents(priya, "PUT", f"{folder}/moved.py", text("put there\n")).status_code == 200
        async with open_document(priya, f"{folder}/moved.py") as other:
            assert other.text == "put there\n"
        assert contents(priya, "DELETE", f"{folder}/moved.py").status_code == 204
        assert ask_for_room(priya, f"{folder}/moved.py").status_code == 404
        await editor.closed()


async def test_a_change_that_is_done_is_answered_as_done_also_when_it_can_be_told_to_nobody(
    priya: Person, session: Session, server: InterviewServer
) -> None:
    condition = f"NEW.type = 'files-changed' AND NEW.session_id = '{UUID(session['id']).hex}'"
    async with refusing(server, "activity", condition):
        answer = contents(priya, "PUT", f"{session['folder']}/quiet.py", text("x = 1\n"))
        assert (answer.status_code, answer.json()["name"]) == (201, "quiet.py")
        assert contents(priya, "DELETE", f"{session['folder']}/quiet.py").status_code == 204
    log = priya.call("GET", f"sessions/{session['id']}/activity")["activity"]
    assert not [line for line in log if line["type"] == "files-changed"]


async def test_what_is_refused_is_told_to_nobody(priya: Person, session: Session, heard: Listener) -> None:
    folder = session["folder"]
    for method, path, body in (
        ("PATCH", f"{folder}/nothing.py", {"path": f"{folder}/else.py"}),
        ("DELETE", f"{folder}/nothing.py", None),
        ("POST", f"{folder}/no-folder", {"type": "file"}),
    ):
        assert contents(priya, method, path, body).status_code in (400, 403, 404)
    assert contents(priya, "PUT", f"{folder}/last.py", text()).status_code == 201
    await heard.wait("files-changed", lambda change: change["path"] == "last.py")
    assert len(heard.all("files-changed")) == 1


@pytest.mark.parametrize("name", ["two\nlines.py", "a\u202egpj.py", "x" * 201, "/".join(["deep"] * 9)])
def test_a_name_that_no_file_may_have_is_refused_for_new_files_and_for_renaming(
    priya: Person, session: Session, name: str
) -> None:
    folder = session["folder"]
    for answer in (
        contents(priya, "PUT", f"{folder}/{name}", text()),
        contents(priya, "PATCH", f"{folder}/main.py", {"path": f"{folder}/{name}"}),
    ):
        assert answer.status_code == 400, answer.text
        assert answer.json()["message"].endswith((".", "most."))
    assert contents(priya, "GET", f"{folder}/main.py").status_code == 200


def test_an_ending_is_no_way_into_another_interview(maya: Person, priya: Person, session: Session) -> None:
    other = create_session(maya)
    folder = session["folder"]
    # Jupyter makes "untitled" and the ending into a path; with a folder of that name the rest of it would lead anywhere.
    assert contents(priya, "PUT", f"{folder}/untitled", {"type": "directory"}).status_code == 201
    escape = f"/../../{other['id']}/forged.py"
    for body in ({"type": "file", "ext": escape}, {"type": "notebook", "ext": escape}, {"ext": escape}):
        assert contents(priya, "POST", folder, body).status_code == 400
    names = [file["name"] for file in contents(maya, "GET", other["folder"]).json()["content"]]
    assert names == ["main.py"]


def test_what_is_too_large_is_refused_and_leaves_nothing_behind(priya: Person, session: Session) -> None:
    folder = session["folder"]
    most = 5 * 2**20
    answer = contents(priya, "PUT", f"{folder}/big.txt", text("x" * (most + 1)))
    assert (answer.status_code, str(most) in answer.json()["message"]) == (413, True)
    piece = base64.b64encode(b"x" * (most - 100)).decode()
    first = {"type": "file", "format": "base64", "content": piece, "chunk": 1}
    assert contents(priya, "PUT", f"{folder}/big.bin", first).status_code == 201
    second = {**first, "content": base64.b64encode(b"x" * 200).decode(), "chunk": -1}
    assert contents(priya, "PUT", f"{folder}/big.bin", second).status_code == 413
    names = {file["name"]: file["size"] for file in contents(priya, "GET", folder).json()["content"]}
    assert names == {"main.py": 0, "big.bin": most - 100}


def test_an_interview_has_only_so_many_files(maya: Person) -> None:
    session = create_session(maya)
    there = maya.server.data_dir / "files" / str(session["folder"])
    for number in range(199):  # beside main.py
        (there / f"{number}.txt").touch()
    for answer in (
        contents(maya, "PUT", f"{session['folder']}/more.py", text()),
        contents(maya, "POST", str(session["folder"]), {"type": "directory"}),
        contents(maya, "POST", str(session["folder"]), {"copy_from": f"{session['folder']}/main.py"}),
    ):
        assert answer.status_code == 409
        assert "200 files" in answer.json()["message"]
    assert contents(maya, "PUT", f"{session['folder']}/main.py", text("x")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"type": "file", "format": "text", "content": 7},
        {"type": "file", "format": "text", "content": {"a": 1}},
        {"type": "file", "format": "base64", "content": "***"},
        {"type": "file", "format": "text", "content": "\ud800"},
        {"type": "notebook", "content": 7},
        {"type": "notebook", "content": {"cells": 7}},
        {"type": "file", "format": "text", "content": "x", "chunk": "one"},
        {"type": "file"},
        {"type": ["file"]},
        {"content": []},
    ],
    ids=str,
)
def test_no_body_breaks_the_server(priya: Person, session: Session, body: Any) -> None:
    folder, sent = session["folder"], json.dumps(body)
    for method, path in (("PUT", f"{folder}/odd.py"), ("POST", folder), ("PATCH", f"{folder}/main.py")):
        answer = priya.request(method, f"api/contents/{path}", content=sent)
        assert answer.status_code < 500, (method, answer.text)
