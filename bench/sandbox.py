"""One person's runs: over HTTP with a warm pool, against bare processes and `docker run --rm`; and what a run costs.

Load: one request at a time with a pause of 0.25 s between two, so that the pool is warm; each round has one of every
kind, in turn, so that whatever else the machine does meets all of them. Then containers are made and removed one after the
other, with every call to the engine timed; then four people run programs at full speed for ten seconds, a fresh container
each. CODEWITHME_BENCH_ROUNDS sets the rounds (40). Takes about three minutes on a machine that does nothing else.
"""

import asyncio
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from codewithme_sandbox import orphans
from codewithme_sandbox.builder import greeting
from codewithme_sandbox.container import Container
from codewithme_sandbox.docker_api import AttachStream, DockerApi
from codewithme_sandbox.image_names import image_name
from codewithme_sandbox.languages import all_languages
from codewithme_sandbox.policy import SandboxPolicy
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings
from server import Person, interview_server, register

ROUNDS = int(os.environ.get("CODEWITHME_BENCH_ROUNDS", "40"))
WARM_UP = 5
PAUSE_S = 0.25
MACHINE = f"{platform.machine()}, {os.cpu_count()} cores"
IMAGE = image_name("core")
PYTHON = all_languages()["python"].hello
C = all_languages()["c"].hello


def row(what: str, times: list[float], unit: str = "ms") -> None:
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"| {what} | {statistics.median(ordered):.1f} | {p99:.1f} | {unit} | {MACHINE} |", flush=True)


def ratio(what: str, times: list[float], beside: list[float]) -> None:
    print(f"| {what} | {statistics.median(times) / statistics.median(beside):.2f} | | × | {MACHINE} |", flush=True)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def execute(client: httpx.Client, language: str, code: str) -> None:
    answer = client.post("api/v1/execute", json={"language": language, "code": code})
    assert answer.json()["data"]["stdout"] == "Hello, world!\n", answer.text


def process(*command: str) -> None:
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "Hello, world!\n"


def over_http(person: Person, folder: Path) -> None:
    (folder / "main.py").write_text(PYTHON)
    (folder / "main.c").write_text(C)
    bare_python, bare_c = (
        [shutil.which("python3", path="/usr/bin") or sys.executable, "-I", str(folder / "main.py")],
        [
            "sh",
            "-c",
            f"gcc -std=gnu17 -O1 -Wall -o {folder}/program {folder}/main.c -lm && {folder}/program",
        ],
    )
    docker = ["docker", "run", "--rm", "--network", "none", IMAGE, "/usr/bin/python3", "-I", "-c", PYTHON]
    headers = {"Authorization": f"Bearer {person.token}"}
    with httpx.Client(base_url=person.server.url, headers=headers, timeout=60, verify=False) as client:
        kinds: dict[str, Callable[[], object]] = {
            "Python hello: bare `python3 -I`": lambda: process(*bare_python),
            "Python hello: over HTTP, pool warm": lambda: execute(client, "python", PYTHON),
            "Python hello: `docker run --rm`, same image": lambda: process(*docker),
            "over HTTP, no run (`GET auth/me`)": lambda: client.get("api/v1/auth/me").raise_for_status(),
        }
        if shutil.which("gcc"):
            kinds["C hello, compile and run: bare gcc"] = lambda: process(*bare_c)
        kinds["C hello, compile and run: over HTTP, pool warm"] = lambda: execute(client, "c", C)
        times: dict[str, list[float]] = {name: [] for name in kinds}
        for number in range(WARM_UP + ROUNDS):
            for name, work in kinds.items():
                took = timed(work)
                if number >= WARM_UP:
                    times[name].append(took)
                time.sleep(PAUSE_S)
    for name, found in times.items():
        row(name, found)
    bare, http, in_docker, _, *c = times.values()
    ratio("Python hello: over HTTP / bare", http, bare)
    ratio("Python hello: `docker run --rm` / over HTTP", in_docker, http)
    if len(c) == 2:
        ratio("C hello: over HTTP / bare", c[1], c[0])


class TimedApi(DockerApi):
    """Notes how long each call to the engine takes (ms), by what it is for."""

    def __init__(self) -> None:
        super().__init__()
        self.times: dict[str, list[float]] = {}

    @contextmanager
    def noted(self, what: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.times.setdefault(what, []).append((time.perf_counter() - began) * 1000)

    async def create(self, config: Mapping[str, Any], name: str) -> str:
        with self.noted("create"):
            return await super().create(config, name)

    async def attach(self, container: str) -> AttachStream:
        with self.noted("attach"):
            return await super().attach(container)

    async def start(self, container: str) -> None:
        with self.noted("start"):
            await super().start(container)


async def split_up() -> None:
    """What a container costs from its making to its removal."""
    api = TimedApi()
    language = all_languages()["python"]
    assert language.warm is not None
    for _ in range(max(5, ROUNDS // 2)):
        with api.noted("until its supervisor waits, all of these"):
            container = await Container.start(api, SandboxPolicy(), image=IMAGE, labels=orphans.labels("run"))
        with api.noted("until its Python waits"):
            await container.prepare(language.warm)
        container.add_files(greeting(language))
        with api.noted("the program's own run"):
            async for _ in container.run_prepared(language.warm, ("main.py",), policy=SandboxPolicy()):
                pass
        with api.noted("remove"):
            await container.remove()
    for what, found in api.times.items():
        row(f"a container: {what}", found)
    await api.close()


def busy_s() -> float:
    """Processor time that all of the machine has used."""
    user, nice, system, _, _, irq, softirq, *_ = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


async def sustained(seconds: float = 10.0) -> None:
    sandbox = Sandbox(SandboxSettings())
    await sandbox.start()
    job = greeting(all_languages()["python"])
    times: list[float] = []
    end = time.monotonic() + seconds

    async def person(name: str) -> None:
        while time.monotonic() < end:
            began = time.perf_counter()
            async with aclosing(sandbox.run(job, person=name)) as items:
                async for _ in items:
                    pass
            times.append((time.perf_counter() - began) * 1000)

    began, busy = time.monotonic(), busy_s()
    await asyncio.gather(*(person(str(number)) for number in range(4)))
    rate = len(times) / (time.monotonic() - began)
    await sandbox.stop()
    cost_ms = (busy_s() - busy) / len(times) * 1000
    row("Python hello, four people at full speed", times)
    print(f"| the same: runs a second, a fresh container each | {rate:.1f} | | 1/s | {MACHINE} |", flush=True)
    print(f"| the same: processor time of all the machine for a run | {cost_ms:.0f} | | ms | {MACHINE} |", flush=True)


async def memory_at_rest() -> None:
    """What the kernel charges to a waiting container."""
    api = DockerApi()
    for language in ("bash", "python"):
        chosen = all_languages()[language]
        found = []
        for _ in range(3):
            container = await Container.start(api, SandboxPolicy(), image=IMAGE, labels=orphans.labels("run"))
            if chosen.warm is not None:
                await container.prepare(chosen.warm)
            found.append(resident_mib(container._id))
            await container.remove()
        row(f"memory of a waiting container ({'with Python' if chosen.warm else 'supervisor only'})", found, "MiB")
    await api.close()


def resident_mib(container: str) -> float:
    """Anonymous memory and page cache charged to the container's group."""
    for place in (f"memory/docker/{container}/memory.usage_in_bytes", f"docker/{container}/memory.current",
                  f"system.slice/docker-{container}.scope/memory.current"):  # fmt: skip
        file = Path("/sys/fs/cgroup") / place
        if file.exists():
            return int(file.read_text()) / 2**20
    return float("nan")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        with interview_server(Path(folder) / "data") as server:
            over_http(register(server), Path(folder))
        asyncio.run(split_up())
        asyncio.run(sustained())
        asyncio.run(memory_at_rest())
