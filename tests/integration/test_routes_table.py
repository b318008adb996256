"""Every route of the running server, tried by every kind of person with every method (claims C1, C12, C13, C17, C36)."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from routes import METHODS, PEOPLE, Row, Scene, ask, every_route, read_table

from server import InterviewServer, NewServer, Person, admit, create_session, knock, owner, register

ENDS_LOG_INS = ("api/v1/auth/logout", "logout")
ROWS = read_table(Path(__file__).with_name("routes_table.txt").read_text())


@pytest.fixture(scope="module")
def walked(new_server: NewServer) -> Iterator[InterviewServer]:
    """A server that only this walk breaks things in."""
    with new_server() as server:
        yield server


@pytest.fixture(scope="module")
def client(walked: InterviewServer) -> Iterator[httpx.Client]:
    """Keeps its connection, but no cookies and no place to be sent on to."""
    with httpx.Client(base_url=walked.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def host(walked: InterviewServer) -> Person:
    """An ordinary account, the host of every scene."""
    return register(walked)


@pytest.fixture(scope="module")
def elsewhere(walked: InterviewServer) -> Person:
    """A candidate of another session."""
    return candidate_elsewhere(walked)


@pytest.fixture(scope="module")
def admin(walked: InterviewServer) -> Person:
    """The server's owner."""
    return owner(walked)


def candidate_elsewhere(server: InterviewServer) -> Person:
    """Somebody inside a session of other people."""
    other_host = register(server, "Zoe Elsewhere")
    session = create_session(other_host)
    return admit(other_host, session, knock(other_host, session))


def people_of_their_own(server: InterviewServer) -> Scene:
    """A scene whose people may lose their log-ins."""
    return Scene(server, host=register(server), elsewhere=candidate_elsewhere(server), admin=owner(server))


def test_every_route_is_in_the_table_and_the_table_has_no_other(tmp_path: Path) -> None:
    assert {row.pattern for row in ROWS} == set(every_route(tmp_path))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.address or "(nothing)")
def test_everybody_gets_the_answers_of_the_table(
    walked: InterviewServer, client: httpx.Client, host: Person, elsewhere: Person, admin: Person, row: Row
) -> None:
    scene = Scene(walked, host=host, elsewhere=elsewhere, admin=admin)
    scenes = {method: people_of_their_own(walked) if row.address in ENDS_LOG_INS else scene for method in METHODS}
    answers = {
        who: "".join(
            "-" if expected == "-" else ask(client, scenes[method], row, who, method)
            for method, expected in zip(METHODS, row.outcomes[who], strict=True)
        )
        for who in PEOPLE
    }
    client.cookies.clear()
    assert answers == row.outcomes


def test_only_the_owner_can_make_anything_of_jupyters_break() -> None:
    assert not [row for row in ROWS for who in PEOPLE if "#" in row.outcomes[who] and who != "owner"]


def test_a_stranger_is_answered_by_nothing_but_pages_and_files_that_are_open() -> None:
    answered = {row.address for row in ROWS if "o" in row.outcomes["stranger"]}
    assert answered == {
        "/favicon.ico",
        "api",
        "api/v1/health",
        "api/v1/health/live",
        "api/v1/health/ready",
        "api/v1/languages",
        "api/v1/openapi.json",
        "api/v1/docs",
        "codewithme/login",
        "codewithme/register",
        "codewithme/set-password",
    }


def test_who_waits_or_is_elsewhere_is_answered_by_nothing_of_the_session() -> None:
    of_the_session = [row for row in ROWS if "{" in row.address]
    answered = {
        (who, row.address) for row in of_the_session for who in ("waiting", "elsewhere") if "o" in row.outcomes[who]
    }
    assert answered == {
        ("waiting", "api/v1/sessions/{session}/door"),
        ("waiting", "api/v1/sessions/{session}/leave"),
        ("waiting", "codewithme/join/{session}"),
    }
