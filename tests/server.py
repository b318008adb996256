"""A real interview server as a process of its own, and people who talk to it over HTTP."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlsplit

import httpx

from contract import check

READY = re.compile(r"^CodeWithMe is ready: (\S+)$")
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
LOG_TIMEOUT_S = 10
GENEROUS = [
    f"--CodeWithMe.{name}=1000000"
    for name in (
        "rate_limit_max_requests",
        "rate_limit_anonymous",
        "execution_rate_limit",
        "login_rate_limit",
        "chat_rate_limit",
    )
]
"""All tests come from one address; a test of a limit gives a server the limit it tests."""
PASSWORD = "correct horse battery"
"""Of everybody who registers."""
PLAIN = False
"""No certificates to verify: the server speaks plain HTTP, and loading them takes longer than most requests."""


def free_port() -> int:
    """A TCP port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class InterviewServer:
    """A server that was started for tests and can be killed and started again on the same data and port."""

    data_dir: Path
    port: int
    base_url: str = "/base/"
    options: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    log_dir: Path | None = None
    """Where the log is kept, if not with the data."""
    own_log: Path | None = None
    """A file that the server itself writes its log to, as if its standard error had been sent there."""
    owner_link: str = ""
    _process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The server's address with its base URL, ending in a slash."""
        return f"http://127.0.0.1:{self.port}{self.base_url}"

    @property
    def origin(self) -> str:
        """The server's origin."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """Its database, as the setting `database_url` has it or would have it."""
        told = [option.partition("=")[2] for option in self.options if option.startswith("--database-url=")]
        return told[-1] if told else f"sqlite:///{self.database_file}"

    @property
    def database_file(self) -> Path:
        """Where a SQLite database is unless `database_url` says otherwise."""
        return self.data_dir / "codewithme.sqlite"

    @property
    def log(self) -> str:
        """What the server has printed so far."""
        return self._log_file.read_text()

    @property
    def _log_file(self) -> Path:
        return (self.log_dir or self.data_dir) / "server.log"

    def logged(self, text: str) -> str:
        """The first line of the log that has `text` in it, printed already or within ten seconds."""
        deadline = time.monotonic() + LOG_TIMEOUT_S
        while time.monotonic() < deadline:
            for line in self.log.splitlines():
                if text in line:
                    return line
            time.sleep(0.05)  # it is read from a pipe by another thread
        raise AssertionError(f"The server logged no line with {text!r}")

    @property
    def process(self) -> subprocess.Popen[str]:
        """The server's process."""
        assert self._process is not None
        return self._process

    def start(self) -> None:
        """Start and wait until it is ready."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        home = self.data_dir / "home"
        command = [
            str(Path(sys.executable).with_name("jupyter-codewithme")),
            f"--port={self.port}",
            f"--base-url={self.base_url}",
            f"--data-dir={self.data_dir}",
            "--CodeWithMe.owner_name=Olga Owner",
            *(
                option
                for option in GENEROUS
                if not any(own.startswith(option.partition("=")[0]) for own in self.options)
            ),
            *self.options,
        ]
        private = {
            "HOME": str(home),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTER_PLATFORM_DIRS": "1",
        }
        with ExitStack() as stack:
            errors = stack.enter_context(self.own_log.open("ab")) if self.own_log else subprocess.STDOUT
            self._process = subprocess.Popen(
                command,
                env={**os.environ, **private, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        ready = Queue[str]()
        threading.Thread(target=self._read, args=(self._process, ready), daemon=True).start()
        try:
            self.owner_link = ready.get(timeout=START_TIMEOUT_S)
        except Empty:
            self.kill()
            raise
        if not self.owner_link:
            raise RuntimeError(f"The server did not start:\n{self.log[-4000:]}")

    def stop(self) -> None:
        """Stop it as a person would, with Ctrl-C."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.kill()
                raise

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _read(self, process: subprocess.Popen[str], ready: "Queue[str]") -> None:
        assert process.stdout is not None
        with process.stdout, self._log_file.open("a") as log:
            for line in process.stdout:
                log.write(line)
                log.flush()
                if found := READY.match(line.strip()):
                    ready.put(found[1])
        ready.put("")


@contextmanager
def interview_server(
    data_dir: Path, *options: str, log_dir: Path | None = None, own_log: Path | None = None, **environment: str
) -> Iterator[InterviewServer]:
    """A server on a free port under `/base/`, stopped at the end."""
    server = InterviewServer(
        data_dir, free_port(), options=options, environment=environment, log_dir=log_dir, own_log=own_log
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()


NewServer = Callable[..., AbstractContextManager[InterviewServer]]
"""Starts a server as `interview_server` does, on the database that the test is run on."""


@dataclass
class Person:
    """Somebody who speaks to the server over HTTP, with a bearer token as a program would."""

    server: InterviewServer
    user: dict[str, Any]
    token: str
    refresh_token: str

    @property
    def id(self) -> str:
        """The user's id."""
        user_id: str = self.user["id"]
        return user_id

    @property
    def headers(self) -> dict[str, str]:
        """What authenticates a request."""
        return {"Authorization": f"Bearer {self.token}"}

    def request(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """Any request below the base URL; what the HTTP interface answers must be in its document."""
        headers = {**self.headers, **kwargs.pop("headers", {})}
        url = self.server.url + path
        return check(httpx.request(method, url, headers=headers, timeout=30, verify=PLAIN, **kwargs))

    def call(self, method: str, path: str, body: Any = None, *, status: int | None = None) -> Any:
        """A call of the HTTP interface that must succeed; its data."""
        response = self.request(method, f"api/v1/{path}", json=body)
        assert response.status_code in ({status} if status else {200, 201, 204}), response.text
        return response.json()["data"] if response.content else None


def person_from(server: InterviewServer, data: Mapping[str, Any]) -> Person:
    """The person whom an answer of register, log in or accept is about."""
    return Person(server, data["user"], data["token"], data["refreshToken"])


def register(server: InterviewServer, name: str = "Maya Lindqvist") -> Person:
    """Make an account."""
    email = f"{name.split()[0].lower()}.{os.urandom(4).hex()}@company.example"
    response = httpx.post(
        f"{server.url}api/v1/auth/register",
        json={"name": name, "email": email, "password": PASSWORD},
        timeout=30,
        verify=PLAIN,
    )
    assert response.status_code == 201, response.text
    return person_from(server, response.json()["data"])


def owner(server: InterviewServer) -> Person:
    """The server's owner, logged in by the link it printed, with the token its page gets for the socket."""
    with httpx.Client(follow_redirects=False, timeout=30) as browser:
        assert browser.get(server.owner_link).status_code in (302, 303)
        browser.get(f"{server.url}lab")
        answer = browser.post(
            f"{server.url}api/v1/auth/token", json={}, headers={"X-XSRFToken": browser.cookies["_xsrf"]}
        )
        token = answer.json()["data"]["token"]
        user = browser.get(f"{server.url}api/v1/auth/me").json()["data"]["user"]
        return Person(server, user, token, browser.cookies.get("codewithme_refresh", ""))


def create_session(host: Person, **wish: Any) -> dict[str, Any]:
    """An interview of `host`."""
    session: dict[str, Any] = host.call("POST", "sessions", {"title": "Cache with expiry", **wish})["session"]
    return session


def invite(host: Person, session: Mapping[str, Any], role: str = "candidate") -> str:
    """The code of a new link."""
    invitation = host.call("POST", f"sessions/{session['id']}/invitations", {"role": role})["invitation"]
    query: str = urlsplit(invitation["url"]).query
    return query.removeprefix("code=")


def knock(host: Person, session: Mapping[str, Any], name: str = "Priya Nair", role: str = "candidate") -> Person:
    """Somebody who came by a fresh link and waits."""
    response = httpx.post(
        f"{host.server.url}api/v1/invitations/accept",
        json={"session_id": session["id"], "code": invite(host, session, role), "name": name, "consent": True},
        timeout=30,
        verify=PLAIN,
    )
    assert response.status_code == 200, response.text
    return person_from(host.server, response.json()["data"])


def admit(host: Person, session: Mapping[str, Any], guest: Person) -> Person:
    """Let somebody in."""
    host.call("POST", f"sessions/{session['id']}/participants/{guest.id}/admit", {})
    return guest
