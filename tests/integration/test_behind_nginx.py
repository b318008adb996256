"""Behind nginx, configured as docs/operations.md says."""

import contextlib
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from documents import open_document
from sockets import listening

from server import PLAIN, InterviewServer, admit, create_session, free_port, knock, register

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
HOST = "interviews.company.example"


def configuration(port: int, server_port: int) -> str:
    """The page's own, on a port of ours and without the certificates that only a real host has."""
    (text,) = re.findall(r"```nginx\n(map \$http_upgrade.*?)```", PAGE.read_text(), re.DOTALL)
    for old, new in (("listen 443 ssl;", f"listen 127.0.0.1:{port};"), ("127.0.0.1:8888", f"127.0.0.1:{server_port}")):
        assert old in text
        text = text.replace(old, new)
    return "".join(line for line in text.splitlines(keepends=True) if "ssl_certificate" not in line)


@contextlib.contextmanager
def nginx(folder: Path, sites: str, port: int) -> Iterator[None]:
    """A proxy of the test's own."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    assert Path(program).exists(), "nginx is missing. Install it: apt-get install nginx-light"
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off;\n{temporary}{sites}}}\n"
    )
    with subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")]) as process:
        try:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and process.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.05)
            yield
        finally:
            process.terminate()


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[tuple[InterviewServer, InterviewServer]]:
    """The server, and the server as one reaches it through the proxy."""
    options = (
        "--CodeWithMe.trusted_proxies=127.0.0.1",
        f"--ServerApp.local_hostnames={HOST}",
    )
    server = InterviewServer(data_dir=tmp_path / "server", port=free_port(), base_url="/interviews/", options=options)
    server.start()
    port = free_port()
    folder = tmp_path / "nginx"
    folder.mkdir()
    try:
        with nginx(folder, configuration(port, server.port), port):
            yield server, replace(server, port=port)
    finally:
        server.stop()


async def test_an_interview_is_held_through_the_proxy(proxied: tuple[InterviewServer, InterviewServer]) -> None:
    server, proxy = proxied
    maya = register(proxy)
    session = create_session(maya)
    priya = admit(maya, session, knock(maya, session))
    async with (
        listening(maya, session["id"], transports=["websocket"]) as host,
        listening(priya, session["id"], transports=["polling"]) as guest,
        open_document(priya, f"{session['folder']}/main.py") as document,
    ):
        await guest.send("chat-message", {"text": "through the proxy"})
        assert (await host.wait("chat-message"))["text"] == "through the proxy"
        assert document.is_synced
    by_name = {"Host": HOST, "X-Forwarded-For": "203.0.113.9"}
    page = maya.request("GET", "codewithme/login", headers=by_name)
    assert page.status_code in (200, 302), page.text
    missing = maya.request("GET", "api/v1/nowhere", headers=by_name)
    assert missing.status_code == 404
    line = server.logged(missing.headers["X-Request-Id"])
    assert "api/v1/nowhere" in line, "nginx's request id is ours"
    other = httpx.get(f"{proxy.url}lab", headers={"Host": "evil.example"}, timeout=30, verify=PLAIN)  # noqa: ASYNC210
    assert other.status_code == 403
