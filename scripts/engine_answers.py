"""Tells whether a container engine answers, and at which address: `python3 engine_answers.py [--quiet]`.

Exit code 0 when one does. Runs before the virtual environment exists, so only the standard library; a `docker` command
on the PATH proves nothing (it may be a client without an engine), an answer to /_ping does.
"""

import http.client
import os
import socket
import sys
from urllib.parse import urlsplit

DEFAULT_ADDRESS = "unix:///var/run/docker.sock"
TIMEOUT_S = 5.0


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("engine", timeout=TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT_S)
        self.sock.connect(self._path)


def engine_address() -> str:
    """The address CodeWithMe will use: its own setting, then Docker's variable, then the local socket."""
    return os.environ.get("CODEWITHME_DOCKER_HOST") or os.environ.get("DOCKER_HOST") or DEFAULT_ADDRESS


def connection_to(address: str) -> http.client.HTTPConnection:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return UnixConnection(parts.path)
    if parts.hostname is None:
        raise ValueError(f"{address} is not an address like {DEFAULT_ADDRESS} or tcp://127.0.0.1:2375")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname, parts.port or 2375, timeout=TIMEOUT_S)


def why_not(address: str) -> str | None:
    """None when the engine at this address answers, else the reason."""
    try:
        connection = connection_to(address)
        try:
            connection.request("GET", "/_ping")
            status = connection.getresponse().status
        finally:
            connection.close()
    except PermissionError:
        return f"you may not open {address}: add yourself to its group (sudo usermod -aG docker $USER) and log in again"
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"nothing answers at {address} ({error})"
    return None if status == 200 else f"{address} answers with status {status}"


if __name__ == "__main__":
    reason = why_not(engine_address())
    if reason is None:
        sys.exit(0)
    if "--quiet" not in sys.argv[1:]:
        print(reason)
    sys.exit(1)
