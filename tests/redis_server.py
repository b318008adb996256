"""A real Redis of a test's own: on a Unix socket in a temporary folder, to be flushed, stopped and started again."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

START_TIMEOUT_S = 30.0


class RedisServer:
    """A running server; `url` is an address in the form that the setting `redis_url` takes."""

    def __init__(self, folder: Path, program: str) -> None:
        self._socket = folder / "redis.sock"
        self._command = [
            *("setpriv", "--pdeathsig=INT", program),
            *(
                "--port",
                "0",
                "--unixsocket",
                str(self._socket),
                "--dir",
                str(folder),
                "--save",
                "",
                "--appendonly",
                "no",
            ),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Start, empty, and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if self.ask("PING") == "+PONG":
                    return
            if self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError("Redis did not start")

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def flush(self) -> None:
        """Everything in it is gone."""
        assert self.ask("FLUSHALL") == "+OK"

    def ask(self, *words: str) -> str:
        """The first line of the answer to a command."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self._socket))
            connection.sendall(f"{' '.join(words)}\r\n".encode())
            return connection.recv(4096).decode().splitlines()[0]


def find_program() -> str | None:
    """Where Redis's program is."""
    return shutil.which("redis-server")


@contextlib.contextmanager
def redis_server(program: str) -> Iterator[RedisServer]:
    """Start one, stop it and remove its files at the end."""
    folder = Path(tempfile.mkdtemp(prefix="codewithme-redis-"))
    server = RedisServer(folder, program)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder)
