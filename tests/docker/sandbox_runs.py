"""Running a job to its end in a test, and looking at the containers that are there."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from codewithme_sandbox import orphans
from codewithme_sandbox.docker_api import DockerApi
from codewithme_sandbox.job import Job, Outcome, Output, Queued
from codewithme_sandbox.languages import all_languages
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings

PROGRAMS = Path(__file__).parent / "programs"
EXPLOITS = Path(__file__).parent / "exploits"

_LANGUAGES = {".py": "python", ".c": "c", ".cpp": "cpp", ".sh": "bash"}

MakeSandbox = Callable[[SandboxSettings], Awaitable[Sandbox]]


@dataclass(frozen=True)
class Ran:
    """What a job printed, how it ended, and how long the whole thing took by the host's clock."""

    out: bytes
    err: bytes
    outcome: Outcome
    took_s: float

    @property
    def stdout(self) -> str:
        return self.out.decode()

    @property
    def stderr(self) -> str:
        return self.err.decode()


async def run(sandbox: Sandbox, job: Job, *, person: str = "") -> Ran:
    printed = {"stdout": b"", "stderr": b""}
    outcomes: list[Outcome] = []
    began = time.monotonic()
    async with aclosing(sandbox.run(job, person=person)) as items:
        async for item in items:
            match item:
                case Queued():
                    assert not outcomes
                    assert not any(printed.values()), "the place in the queue after output"
                case Output(stream=stream, data=data):
                    assert not outcomes, "output after the outcome"
                    printed[stream] += data
                case Outcome():
                    outcomes.append(item)
    assert len(outcomes) == 1
    return Ran(printed["stdout"], printed["stderr"], outcomes[0], time.monotonic() - began)


async def run_code(sandbox: Sandbox, language: str, code: str | bytes, stdin: bytes = b"", *, person: str = "") -> Ran:
    """Runs one file under the language's usual name."""
    content = code if isinstance(code, bytes) else code.encode()
    name = all_languages()[language].file_name
    return await run(sandbox, Job(language, {name: content}, name, stdin), person=person)


async def run_files(sandbox: Sandbox, language: str, files: Mapping[str, str], entry: str) -> Ran:
    return await run(sandbox, Job(language, {name: text.encode() for name, text in files.items()}, entry))


async def attack(sandbox: Sandbox, name: str, stdin: bytes = b"") -> Ran:
    """Lets a program of exploits/ loose; it prints BREACH for everything that it should not have been able to do."""
    file = EXPLOITS / name
    ran = await run(sandbox, Job(_LANGUAGES[file.suffix], {name: file.read_bytes()}, name, stdin))
    breaches = [line for line in (ran.out + ran.err).decode(errors="replace").splitlines() if "BREACH" in line]
    assert not breaches or ran.outcome.stage == "compile", breaches
    return ran


async def our_containers(api: DockerApi) -> list[str]:
    """The ids of the containers that this process owns."""
    mine = orphans.labels("run")[orphans.OWNER]
    return [container for container, _ in await api.containers(f"{orphans.OWNER}={mine}")]


async def wait_until_none_is_left(api: DockerApi, label: str, timeout_s: float = 5.0) -> None:
    """Returns when no container carries the label any more."""
    async with asyncio.timeout(timeout_s):
        while await api.containers(label):  # noqa: ASYNC110 - it is another process' state
            await asyncio.sleep(0.05)


async def wait_until_none_runs(label: str, timeout_s: float = 5.0) -> None:
    """Returns when no container that carries the label runs; one that was never started may be there."""
    async with asyncio.timeout(timeout_s):
        while await _running(label):  # noqa: ASYNC110 - it is the engine's state
            await asyncio.sleep(0.05)


async def _running(label: str) -> bytes:
    listing = ["docker", "ps", "--quiet", "--filter", f"label={label}"]
    process = await asyncio.create_subprocess_exec(*listing, stdout=asyncio.subprocess.PIPE)
    return (await process.communicate())[0]


async def start_server_to_kill(api: DockerApi, what: str) -> tuple[asyncio.subprocess.Process, str, str]:
    """A process of its own that started a `run` or a `kernel`: with its first line, and the label of its containers."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).parent / "killed_server.py"), what, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    line = (await server.stdout.readline()).decode().strip()
    owners = {its[orphans.OWNER] for _, its in await api.containers(orphans.KIND)}
    [owner] = [owner for owner in owners if f"/{server.pid}@" in owner]
    return server, line, f"{orphans.OWNER}={owner}"
