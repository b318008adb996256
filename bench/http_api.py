"""The HTTP interface on SQLite and PostgreSQL, with 100, 10,000 and 100,000 interviews, beside a bare tornado handler.

Load: one person who hosts all interviews. First one request at a time on one connection, each round one of every kind in turn,
so that whatever else the machine does meets all of them; then eight requests at a time for two seconds, for requests a second.
Log-in stands apart: it is slow on purpose. Last, 200 people join one interview at once. CODEWITHME_BENCH_ROUNDS sets the rounds
(60), CODEWITHME_BENCH_JOINS the people (1,000 is the number of fault F15). Takes about three minutes on a machine that does
nothing else.
"""

import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
from sqlalchemy import insert, text
from tornado.httpclient import AsyncHTTPClient

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from codewithme_ext.interview.roles import Role
from codewithme_ext.interview.sessions.models import InterviewSession, Participant, ParticipantState, SessionStatus
from codewithme_ext.storage.engine import open_engine
from postgres import find_programs, postgres_cluster
from server import InterviewServer, Person, create_session, free_port, interview_server, invite, register

ROUNDS = int(os.environ.get("CODEWITHME_BENCH_ROUNDS", "60"))
JOINS = int(os.environ.get("CODEWITHME_BENCH_JOINS", "200"))
SIZES = (100, 10_000, 100_000)
AT_ONCE, FOR_S = 8, 2.0
WARM_UP = 5
MACHINE = f"{platform.machine()}, {os.cpu_count()} cores"
BARE = """
import asyncio, json, sys
from tornado.web import Application, RequestHandler
class Bare(RequestHandler):
    def get(self):
        self.finish(json.dumps({"status": "success", "data": {"user": {"id": "x" * 36, "name": "Maya", "email": None}}}))
async def main():
    Application([("/bare", Bare)]).listen(int(sys.argv[1]), "127.0.0.1")
    print("ready", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def row(what: str, times: list[float], unit: str = "ms") -> None:
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"| {what} | {statistics.median(ordered):.1f} | {p99:.1f} | {unit} | {MACHINE} |", flush=True)


def one(what: str, value: float, unit: str) -> None:
    print(f"| {what} | {value:.1f} | | {unit} | {MACHINE} |", flush=True)


def timed(work: Callable[[], httpx.Response], expected: int = 200) -> float:
    began = time.perf_counter()
    answer = work()
    took = (time.perf_counter() - began) * 1000
    assert answer.status_code == expected, answer.text
    return took


@contextmanager
def bare_tornado() -> Iterator[str]:
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", BARE, str(port)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield f"http://127.0.0.1:{port}/bare"
        finally:
            process.terminate()


async def fill(url: str, host_id: str, start: int, end: int) -> None:
    """Interviews of the host, as if held over years, with three people in each list of them."""
    engine = open_engine(url)
    first_day = datetime(2020, 1, 1, tzinfo=UTC)
    for begin in range(start, end, 5000):
        sessions, people = [], []
        for number in range(begin, min(begin + 5000, end)):
            at = first_day + timedelta(minutes=number)
            session = {
                "id": str(uuid4()),
                "title": f"Interview {number}",
                "host_id": host_id,
                "language": "python",
                "status": SessionStatus.ENDED,
                "created_at": at,
                "updated_at": at,
                "ended_at": at,
            }
            sessions.append(session)
            people.append(
                {
                    "session_id": session["id"],
                    "user_id": host_id,
                    "session_created_at": at,
                    "role": Role.HOST,
                    "state": ParticipantState.ADMITTED,
                    "color": 0,
                    "requested_at": at,
                    "joined_at": at,
                }
            )
        async with engine.begin() as connection:
            await connection.execute(insert(InterviewSession), sessions)
            await connection.execute(insert(Participant), people)
    async with engine.begin() as connection:
        # What PostgreSQL does by itself while rows come over years, and the plans rest on.
        await connection.execute(text("ANALYZE"))
    await engine.dispose()


async def per_second(url: str, headers: dict[str, str]) -> float:
    """How many requests are answered with eight on their way at any time."""
    counted = 0
    async with httpx.AsyncClient(headers=headers, verify=False, timeout=30) as client:
        until = time.perf_counter() + FOR_S

        async def ask() -> None:
            nonlocal counted
            while time.perf_counter() < until:
                answer = await client.get(url)
                assert answer.status_code == 200
                counted += 1

        await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
    return counted / FOR_S


async def join_at_once(server: InterviewServer, host: Person) -> tuple[float, list[float]]:
    """Many people by one link; all seconds, and those of each."""
    session = create_session(host)
    code = invite(host, session)
    # httpx looks through all connections for each of them: with a thousand that would be what is measured.
    client = AsyncHTTPClient(force_instance=True, max_clients=JOINS)
    headers = {"Content-Type": "application/json"}

    async def join(number: int) -> float:
        began = time.perf_counter()
        wish = {"session_id": session["id"], "code": code, "name": f"Person {number}", "consent": True}
        await client.fetch(
            f"{server.url}api/v1/invitations/accept",
            method="POST",
            headers=headers,
            body=json.dumps(wish),
            connect_timeout=120,
            request_timeout=120,
        )
        return time.perf_counter() - began

    began = time.perf_counter()
    times = await asyncio.gather(*(join(number) for number in range(JOINS)))
    took = time.perf_counter() - began
    client.close()
    waiting = host.call("GET", f"sessions/{session['id']}/waiting")["waiting"]
    assert len({person["user_id"] for person in waiting}) == len(waiting) == JOINS
    return took, times


def measure(name: str, url: str, folder: Path, bare_url: str) -> None:
    with interview_server(folder, f"--database-url={url}") as server:
        maya = register(server)
        session = create_session(maya)
        credentials = {"email": maya.user["email"], "password": "correct horse battery"}
        api = f"{server.url}api/v1/"
        have = 0
        with httpx.Client(headers=maya.headers, timeout=60, verify=False) as client, httpx.Client() as bare:
            kinds: dict[str, Callable[[], httpx.Response]] = {
                "bare tornado": lambda: bare.get(bare_url),
                "GET auth/me": lambda: client.get(f"{api}auth/me"),
                "GET sessions": lambda: client.get(f"{api}sessions"),
                "GET sessions/:id": lambda: client.get(f"{api}sessions/{session['id']}"),
            }
            for size in SIZES:
                asyncio.run(fill(url, maya.id, have, size))
                have = size
                times: dict[str, list[float]] = {kind: [] for kind in kinds}
                for number in range(ROUNDS + WARM_UP):
                    for kind, work in kinds.items():
                        took = timed(work)
                        if number >= WARM_UP:
                            times[kind].append(took)
                for kind in list(kinds)[1:]:
                    row(f"{name}, {size:,} interviews: {kind}", times[kind])
                    ratio = statistics.median(times[kind]) / statistics.median(times["bare tornado"])
                    one(f"{name}, {size:,} interviews: {kind} / bare tornado", ratio, "×")
                if size == SIZES[1]:
                    for kind, address in (
                        ("GET sessions", f"{api}sessions"),
                        ("GET sessions/:id", f"{api}sessions/{session['id']}"),
                    ):
                        one(
                            f"{name}, {size:,} interviews: {kind}",
                            asyncio.run(per_second(address, maya.headers)),
                            "1/s",
                        )
                    one("bare tornado", asyncio.run(per_second(bare_url, {})), "1/s")
            create = [timed(lambda: client.post(f"{api}sessions", json={"title": "x"}), 201) for _ in range(ROUNDS)]
            row(f"{name}: POST sessions", create)
            logins = [timed(lambda: httpx.post(f"{api}auth/login", json=credentials, verify=False)) for _ in range(10)]
            row(f"{name}: POST auth/login (hashing included)", logins)
        took, joins = asyncio.run(join_at_once(server, maya))
        row(f"{name}: {JOINS} people join at once", [one * 1000 for one in joins])
        one(f"{name}: until all {JOINS} have joined", took, "s")


def main() -> None:
    programs = find_programs()
    assert programs is not None, "PostgreSQL's programs are missing. Install them: apt-get install postgresql"
    with tempfile.TemporaryDirectory() as folder, bare_tornado() as bare_url, postgres_cluster(programs) as cluster:
        measure("SQLite", f"sqlite:///{folder}/bench.sqlite", Path(folder, "sqlite"), bare_url)
        measure("PostgreSQL", cluster.create("bench"), Path(folder, "postgresql"), bare_url)


if __name__ == "__main__":
    main()
