"""One real server for the integration tests, and another for each test that stops or breaks its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server import InterviewServer, Person, admit, create_session, interview_server, knock, register


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InterviewServer]:
    """A running server on SQLite that all tests share; each makes its own people and sessions."""
    with interview_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[InterviewServer]:
    """A running server of the test's own, to be killed or misused."""
    with interview_server(tmp_path / "server") as server:
        yield server


@pytest.fixture
def maya(server: InterviewServer) -> Person:
    """Somebody with an account."""
    return register(server)


@pytest.fixture
def session(maya: Person) -> dict[str, object]:
    """An interview of Maya's."""
    return create_session(maya)


@pytest.fixture
def priya(maya: Person, session: dict[str, Any]) -> Person:
    """A candidate who has been admitted."""
    return admit(maya, session, knock(maya, session))


@pytest.fixture
def main(session: dict[str, Any]) -> str:
    """The session's first file."""
    return f"{session['folder']}/main.py"


@pytest.fixture
def own_server_without_engine(tmp_path: Path) -> Iterator[InterviewServer]:
    """A server whose container engine is nowhere."""
    nowhere = f"--CodeWithMe.docker_host=unix://{tmp_path / 'nowhere.sock'}"
    with interview_server(tmp_path / "server", nowhere) as server:
        yield server
