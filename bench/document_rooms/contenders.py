"""The three servers that are measured side by side, each in a process of its own with its data in an empty folder."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from server import InterviewServer, Person, create_session, free_port, interview_server, register

Y_WEBSOCKET = Path(__file__).parents[1] / "y-websocket/node_modules/y-websocket/bin/server.cjs"
TOKEN = "benchmark"
START_TIMEOUT_S = 60


@dataclass(frozen=True)
class Room:
    """Where a document is."""

    address: str
    headers: dict[str, str]


class Contender(Protocol):
    """A server with rooms."""

    name: str
    pid: int

    def rooms(self, count: int) -> Sequence[Room]:
        """So many rooms, each with an empty document; the same ones first whenever it is asked."""

    def restart(self) -> None:
        """In order, on the same data."""


class Ours:
    """CodeWithMe: a session for each room."""

    name = "CodeWithMe"

    def __init__(self, server: InterviewServer) -> None:
        self._server = server
        self._host: Person = register(server)
        self._paths: list[str] = []

    @property
    def pid(self) -> int:
        return self._server.process.pid

    def rooms(self, count: int) -> Sequence[Room]:
        while len(self._paths) < count:
            self._paths.append(f"{create_session(self._host)['folder']}/main.py")
        return [self._room(path) for path in self._paths[:count]]

    def restart(self) -> None:
        self._server.stop()
        self._server.start()

    def _room(self, path: str) -> Room:
        return _jupyter_room(self._server.url, path, self._host.headers)


class Stock:
    """A Jupyter server with jupyter-collaboration, as shipped."""

    name = "jupyter-collaboration"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process = self._start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def rooms(self, count: int) -> Sequence[Room]:
        rooms = []
        for number in range(count):
            path = f"document{number}.py"
            (self._folder / "files" / path).touch()
            url, headers = f"http://127.0.0.1:{self._port}/", {"Authorization": f"token {TOKEN}"}
            rooms.append(_jupyter_room(url, path, headers))
        return rooms

    def restart(self) -> None:
        self.stop()
        self._process = self._start()

    def stop(self) -> None:
        _stop(self._process)

    def _start(self) -> "subprocess.Popen[bytes]":
        home = self._folder / "home"
        (self._folder / "files").mkdir(parents=True, exist_ok=True)
        extensions = {"jupyter_server_ydoc": True, "jupyter_server_fileid": True, "codewithme_ext": False}
        command = [
            str(Path(sys.executable).with_name("jupyter-server")),
            f"--ServerApp.port={self._port}",
            f"--ServerApp.root_dir={self._folder / 'files'}",
            f"--ServerApp.jpserver_extensions={extensions}",
            f"--IdentityProvider.token={TOKEN}",
            "--ServerApp.open_browser=False",
            "--ServerApp.allow_root=True",
            "--ServerApp.log_level=ERROR",
        ]
        private = {
            "HOME": str(home),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        }
        return _start(command, {**os.environ, **private}, self._folder, f"http://127.0.0.1:{self._port}/api")


class YWebsocket:
    """The Yjs project's own server, which keeps documents in memory only."""

    name = "y-websocket"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process = self._start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def rooms(self, count: int) -> Sequence[Room]:
        return [Room(f"ws://127.0.0.1:{self._port}/document{number}", {}) for number in range(count)]

    def restart(self) -> None:
        self.stop()
        self._process = self._start()

    def stop(self) -> None:
        _stop(self._process)

    def _start(self) -> "subprocess.Popen[bytes]":
        if not Y_WEBSOCKET.exists():
            sys.exit("y-websocket is not installed. `make bench` does it, or: cd bench/y-websocket && jlpm install")
        environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(self._port)}
        return _start(["node", str(Y_WEBSOCKET)], environment, self._folder, f"http://127.0.0.1:{self._port}/")


@contextmanager
def contenders(folder: Path) -> Iterator[tuple[Contender, Contender, Contender]]:
    """Ours, the stock stack and y-websocket, all running."""
    for name in ("stock", "y-websocket"):
        (folder / name).mkdir()
    stock, y_websocket = Stock(folder / "stock"), YWebsocket(folder / "y-websocket")
    try:
        with interview_server(folder / "ours") as server:
            yield Ours(server), stock, y_websocket
    finally:
        stock.stop()
        y_websocket.stop()


def _jupyter_room(url: str, path: str, headers: dict[str, str]) -> Room:
    wish = {"format": "text", "type": "file"}
    answer = httpx.put(f"{url}api/collaboration/session/{path}", json=wish, headers=headers, timeout=30, verify=False)
    told: dict[str, Any] = answer.raise_for_status().json()
    address = f"{url.replace('http', 'ws', 1)}api/collaboration/room/text:file:{told['fileId']}"
    return Room(f"{address}?sessionId={told['sessionId']}", headers)


def _start(command: list[str], environment: dict[str, str], folder: Path, answers: str) -> "subprocess.Popen[bytes]":
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(answers, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return process
    process.kill()
    raise RuntimeError(f"{command[0]} did not start: {(folder / 'log').read_text()[-2000:]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
