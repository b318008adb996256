"""Disks without a byte left: what cannot be kept is not acknowledged, health says so, and it is well again by itself (fault 7)."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from crashes import full
from documents import Editor, open_document
from sockets import listening

from postgres import PostgresCluster
from server import InterviewServer, Person, create_session, interview_server, register

FULL = {"storage_full", "database_unavailable"}


@pytest.fixture
def crowded(
    database: str, small_disk: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[InterviewServer]:
    """A server whose database is on the small disk."""
    if database == "sqlite":
        path = small_disk / "interviews.sqlite"
        with interview_server(tmp_path / "server", f"--database-url=sqlite:///{path}") as server:
            yield server
        with closing(sqlite3.connect(path)) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return
    cluster: PostgresCluster = request.getfixturevalue("cluster")
    url = cluster.create_in(small_disk / "tables", "interviews")
    with interview_server(tmp_path / "server", f"--database-url={url}") as server:
        yield server


async def test_fault_7_what_a_full_disk_cannot_hold_is_not_acknowledged(
    crowded: InterviewServer, database: str, small_disk: Path
) -> None:
    maya = register(crowded)
    session = create_session(maya)
    main = f"{session['folder']}/main.py"
    async with listening(maya, session["id"]) as host, open_document(maya, main) as editor:
        assert (await host.send("chat-message", {"text": "before", "key": "1"}))["status"] == "success"
        assert "documents" not in missing(maya)
        with full(small_disk):
            # What the database has kept in reserve is used up first.
            answers = [await host.send("chat-message", message(number)) for number in range(60)]
            refused = [answer["code"] for answer in answers if answer["status"] == "error"]
            assert refused
            assert set(refused) <= FULL
            body = {"title": "x", "problem_statement": secrets.token_hex(45_000)}
            create = maya.request("POST", "api/v1/sessions", json=body)
            assert (create.status_code, create.json()["code"]) in {(507, "storage_full"), (503, "database_unavailable")}
            typed = secrets.token_hex(500_000)
            editor.source += typed
            await editor.until(lambda e: bool(e.trouble))
            assert not editor.is_all_stored
            health = maya.call("GET", "health")
            assert "documents" in health["missing"]
            assert health["documents"]["advice"]
            # How full the disk of a database is that a server keeps, only that server knows.
            assert ("disk" in health["missing"]) is (database == "sqlite")
            assert maya.call("GET", f"sessions/{session['id']}")["session"]["id"] == session["id"]
            kept = len(answers) - len(refused)
        await editor.until(all_is_well, timeout_s=20)
        assert "documents" not in missing(maya)
        assert (await host.send("chat-message", {"text": "after", "key": "2"}))["status"] == "success"
    said = [one["text"] for one in maya.call("GET", f"sessions/{session['id']}/chat?limit=200")["messages"]]
    assert (said[0], said[-1], len(said)) == ("before", "after", kept + 2)
    async with open_document(maya, main) as reader:
        assert reader.text == typed


async def test_fault_7_a_full_disk_of_the_log_and_of_temporary_files_stops_nothing(
    tmp_path: Path, small_disk: Path
) -> None:
    log = small_disk / "server.log"
    with interview_server(tmp_path / "server", own_log=log, TMPDIR=str(small_disk)) as server:
        with full(small_disk):
            length = log.stat().st_size
            maya = register(server)
            session = create_session(maya)
            for _ in range(50):  # lines of a log that takes none
                assert maya.request("GET", "api/v1/nowhere").status_code == 404
            async with (
                listening(maya, session["id"]) as host,
                open_document(maya, f"{session['folder']}/main.py") as editor,
            ):
                assert (await host.send("chat-message", {"text": "nobody logs this"}))["status"] == "success"
                await host.send("run-code", {"language": "python", "code": "print('ran')"})
                assert (await host.wait("run-code"))["stdout"] == "ran\n"
                editor.source += "typed"
                await editor.until(all_is_well)
            assert maya.request("GET", f"api/v1/sessions/{session['id']}/export").status_code == 200
            assert log.stat().st_size < length + 8192
        assert maya.request("GET", "api/v1/somewhere-else").status_code == 404
        assert "somewhere-else" in log.read_text()


def all_is_well(editor: Editor) -> bool:
    """Everything typed is kept, and nobody is warned any more."""
    return editor.is_all_stored and not editor.trouble


def message(number: int) -> dict[str, Any]:
    """A long message that no database makes shorter."""
    return {"text": secrets.token_hex(950), "key": f"f{number}"}


def missing(person: Person) -> list[str]:
    """The parts that do not work, as GET health has them."""
    parts: list[str] = person.call("GET", "health")["missing"]
    return parts
