"""What an administrator sees of a running server: numbers, log lines, reports of errors."""

import gzip
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any

import httpx
import pytest
from documents import open_document
from sockets import listening

from server import PLAIN, InterviewServer, NewServer, admit, create_session, invite, knock, owner, register

METRICS_TOKEN = "a-scraper-of-ours-0123456789"
SCRAPER = {"Authorization": f"Bearer {METRICS_TOKEN}"}
MARK = "MARKEDsecret"


@dataclass
class Operated:
    """A server that logs everything as JSON, counts, and reports to a Sentry of ours."""

    server: InterviewServer
    reports: "Queue[str]"

    def get(self, path: str, **options: Any) -> httpx.Response:
        """A stranger asks."""
        return httpx.get(self.server.url + path, timeout=30, verify=PLAIN, **options)

    def post(self, path: str, body: Any) -> httpx.Response:
        """A stranger sends."""
        return httpx.post(f"{self.server.url}api/v1/{path}", json=body, timeout=30, verify=PLAIN)

    def break_files(self) -> None:
        """From now on no interview can be created: a mistake that is nobody's but the server's."""
        files = self.server.data_dir / "files" / "interviews"
        if files.is_dir():
            files.rename(files.with_name(f"gone-{time.monotonic_ns()}"))
        files.write_text("not a folder")


@pytest.fixture(scope="module")
def operated(new_server: NewServer) -> Iterator[Operated]:
    """One for all tests here; the last of them stops it."""
    with _sentry() as (port, reports):
        options = (
            "--CodeWithMe.log_level=debug",
            "--CodeWithMe.log_format=json",
            f"--CodeWithMe.metrics_token={METRICS_TOKEN}",
            f"--CodeWithMe.sentry_dsn=http://public@127.0.0.1:{port}/1",
        )
        with new_server(*options) as server:
            yield Operated(server, reports)


def test_a_request_has_an_id_that_its_log_lines_carry(server: InterviewServer) -> None:
    known = httpx.get(f"{server.url}api/v1/nowhere-1", headers={"X-Request-Id": "from-the-proxy.1"})
    assert known.headers["X-Request-Id"] == "from-the-proxy.1"
    made = [httpx.get(f"{server.url}api/v1/nowhere-2", headers={"X-Request-Id": bad}) for bad in ("a b", "x" * 500)]
    ids = {answer.headers["X-Request-Id"] for answer in made}
    assert len(ids) == 2
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)
    assert "X-Request-Id" in httpx.get(f"{server.url}lab").headers, "Jupyter's own pages have one too"
    assert "nowhere-1" in server.logged("request_id=from-the-proxy.1")


async def test_prometheus_reads_the_numbers_with_a_token_that_opens_nothing_else(operated: Operated) -> None:
    maya = register(operated.server)
    session = create_session(maya)
    priya = admit(maya, session, knock(maya, session))
    async with listening(maya, session["id"]) as host, listening(priya, session["id"]):
        await host.send("run-code", {"language": "python", "code": "print(1)"})
        await host.wait("run-code")
        async with open_document(priya, f"{session['folder']}/main.py") as editor:
            editor.source += "typed"
            await editor.until(lambda e: e.is_all_stored)
            numbers = operated.get("metrics", headers=SCRAPER).text
    found = dict(line.rsplit(" ", 1) for line in numbers.splitlines() if not line.startswith("#"))
    assert found["codewithme_sockets_open"] == "2.0"
    assert found["codewithme_sessions_live"] == "1.0"
    assert found['codewithme_runs_total{outcome="success"}'] == "1.0"
    assert found["codewithme_run_seconds_count"] == "1.0"
    assert found["codewithme_joins_total"] == "1.0"
    assert found["codewithme_documents_open"] == "1.0"
    assert float(found["codewithme_document_updates_total"]) >= 2  # from its file, and typed
    assert float(found["codewithme_document_bytes_total"]) > len("typed")
    assert float(found["codewithme_document_batch_seconds_count"]) >= 1
    assert found["codewithme_documents_trouble"] == found["codewithme_documents_quarantined"] == "0.0"
    assert found["codewithme_database_errors_total"] == "0.0"
    assert any(name.startswith("http_request_duration_seconds_bucket") and "SessionsHandler" in name for name in found)
    assert not any(one in numbers for one in (session["id"], maya.id, priya.id, "Maya"))
    assert operated.get("api/v1/auth/me", headers=SCRAPER).status_code == 401
    assert operated.get("metrics").status_code == 403
    assert operated.get("metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    assert maya.request("GET", "metrics").status_code == 403
    assert owner(operated.server).request("GET", "metrics").status_code == 200


def test_an_error_of_the_server_is_reported_to_sentry_without_secrets(operated: Operated) -> None:
    maya = register(operated.server)
    operated.break_files()
    secret = {"title": "x", "password": f"{MARK}-session"}
    answer = maya.request("POST", f"api/v1/sessions?code={MARK}", json=secret)
    assert answer.status_code == 500
    report = operated.reports.get(timeout=10)
    assert "Uncaught exception" in report
    assert "NotADirectoryError" in report or "FileExistsError" in report
    assert MARK not in report
    assert maya.token not in report


async def test_claim_66_no_secret_of_a_whole_story_is_in_the_log(operated: Operated) -> None:
    """At the most talkative level, with things going wrong on the way."""
    server = operated.server
    boss, maya = owner(server), register(server)
    email = "marked@company.example"
    right = {"name": "Noor", "email": email, "password": f"{MARK}-account"}
    noor = operated.post("auth/register", right).json()["data"]
    wrong = {"email": email, "password": f"{MARK}-wrong"}
    assert operated.post("auth/login", wrong).status_code == 401
    assert operated.post("auth/login", {**wrong, "x": f"{MARK}-x"}).status_code == 400
    (server.data_dir / "files" / "interviews").unlink(missing_ok=True)
    session = create_session(maya, password=f"{MARK}-session")
    code = invite(maya, session)
    operated.get(f"codewithme/join/{session['id']}?code={code}")
    wish = {"session_id": session["id"], "code": code, "name": "P", "password": f"{MARK}-no", "consent": True}
    assert operated.post("invitations/accept", wish).status_code == 403
    operated.get(f"codewithme/welcome?token={MARK}-old-link")
    async with listening(maya, session["id"]) as host:
        await host.send("chat-message", {"text": f"{MARK}-said"})
        await host.send("no-such-message", {"password": f"{MARK}-socket"})
    operated.break_files()
    body = {"title": "x", "password": f"{MARK}-session"}
    assert maya.request("POST", f"api/v1/sessions?code={MARK}", json=body).status_code == 500
    bearer = {"Authorization": f"Bearer {noor['token']}"}
    assert operated.get(f"api/v1/auth/me?token={MARK}-query", headers=bearer).status_code == 200
    server.stop()
    secrets = [boss.token, boss.refresh_token, maya.token, maya.refresh_token, noor["token"], noor["refreshToken"]]
    secrets += [code, (server.data_dir / "jwt_secret").read_text(), server.owner_link.partition("token=")[2]]
    secrets += [MARK, METRICS_TOKEN]
    lines = [line for line in server.log.splitlines() if line and not line.startswith("CodeWithMe is ready")]
    assert [secret for secret in secrets if any(secret in line for line in lines)] == []
    shown = [json.loads(line) for line in lines]
    assert {"time", "level", "logger", "message"} <= set.intersection(*(set(line) for line in shown))
    assert any(line.get("user") == maya.id and line["ms"] > 0 for line in shown)
    assert any("Traceback" in line.get("traceback", "") for line in shown)


@contextmanager
def _sentry() -> Iterator[tuple[int, "Queue[str]"]]:
    """Takes what Sentry's library sends."""
    reports = Queue[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            text = (gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body).decode()
            if '"type":"event"' in text.replace(" ", ""):
                reports.put(text)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    sentry = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=sentry.serve_forever)
    thread.start()
    try:
        yield sentry.server_port, reports
    finally:
        sentry.shutdown()
        thread.join()
        sentry.server_close()
