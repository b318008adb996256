"""Real servers for the integration tests, on SQLite and on PostgreSQL: every test runs on both.

What cannot depend on the database says so with the marker `sqlite_alone("why")` and runs once.
"""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from postgres import PostgresCluster, find_programs, postgres_cluster
from server import InterviewServer, NewServer, Person, admit, create_session, interview_server, knock, register

DATABASES = ("sqlite", "postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that has to do with a database runs on each."""
    if "database" in metafunc.fixturenames:
        is_alone = metafunc.definition.get_closest_marker("sqlite_alone") is not None
        metafunc.parametrize("database", DATABASES[:1] if is_alone else DATABASES, scope="module", indirect=True)


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test is run on."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def new_server(database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewServer:
    """Starts a server on a database of its own: `with new_server("--CodeWithMe.chat_rate_limit=20") as server`."""
    cluster = template = None
    if database == "postgresql":
        cluster, template = (request.getfixturevalue(name) for name in ("postgres", "postgres_with_tables"))

    @contextmanager
    def start(*options: str, data_dir: Path | None = None, **more: Any) -> Iterator[InterviewServer]:
        with ExitStack() as stack:
            if cluster is not None:
                options += (f"--database-url={stack.enter_context(cluster.database(template=template))}",)
            folder = data_dir or tmp_path_factory.mktemp("server")
            yield stack.enter_context(interview_server(folder, *options, **more))

    return start


@pytest.fixture(scope="session")
def sqlite_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InterviewServer]:
    """The server on SQLite that all tests share."""
    with interview_server(tmp_path_factory.mktemp("sqlite")) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_server(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresCluster, postgres_with_tables: str
) -> Iterator[InterviewServer]:
    """The server on PostgreSQL that all tests share."""
    with (
        postgres.database(template=postgres_with_tables) as url,
        interview_server(tmp_path_factory.mktemp("postgresql"), f"--database-url={url}") as server,
    ):
        yield server


@pytest.fixture(scope="module")
def server(database: str, request: pytest.FixtureRequest) -> InterviewServer:
    """A running server that all tests share, one for each database; each test makes its own people and sessions."""
    server: InterviewServer = request.getfixturevalue(f"{database}_server")
    return server


@pytest.fixture
def own_server(new_server: NewServer) -> Iterator[InterviewServer]:
    """A running server of the test's own, to be killed or misused."""
    with new_server() as server:
        yield server


@pytest.fixture
def own_server_without_engine(new_server: NewServer, tmp_path: Path) -> Iterator[InterviewServer]:
    """A server whose container engine is nowhere."""
    with new_server(f"--CodeWithMe.docker_host=unix://{tmp_path / 'nowhere.sock'}") as server:
        yield server


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL of the test's own, that keeps what it has confirmed."""
    programs = find_programs()
    assert programs is not None, "PostgreSQL's programs are missing. Install them: apt-get install postgresql"
    with postgres_cluster(programs, settings=("fsync=off",)) as cluster:
        yield cluster


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 32 MiB, on which PostgreSQL's account may have folders too."""
    with TemporaryDirectory(prefix="codewithme-disk-") as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m,mode=755", "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)


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
