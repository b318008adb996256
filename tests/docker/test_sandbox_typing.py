"""A person types into a running program, sees the place in the queue before, and stops it."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import pytest
from sandbox_runs import MakeSandbox, our_containers, run_code

from codewithme_sandbox.docker_api import DockerApi
from codewithme_sandbox.job import Job, Outcome, Output, Queued, SandboxBusyError
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings


class Keyboard:
    """What is typed, as an iterator."""

    def __init__(self) -> None:
        self._typed: asyncio.Queue[bytes | None] = asyncio.Queue()

    def type(self, data: bytes) -> None:
        self._typed.put_nowait(data)

    def end(self) -> None:
        self._typed.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (data := await self._typed.get()) is not None:
            yield data


def python(code: str, stdin: bytes = b"") -> Job:
    return Job("python", {"main.py": code.encode()}, "main.py", stdin)


async def said(items: AsyncGenerator[Queued | Output | Outcome, None]) -> bytes:
    """The next line; it may come in pieces."""
    line = b""
    while not line.endswith(b"\n"):
        item = await asyncio.wait_for(anext(items), 5)
        assert isinstance(item, Output), item
        line += item.data
    return line


ECHO = {
    "python": "while True:\n    try:\n        print(input().upper())\n    except EOFError:\n        break\nprint('end')",
    "bash": 'while read -r line; do echo "${line^^}"; done; echo end',
}


@pytest.mark.parametrize("language", ["python", "bash"])
async def test_what_is_typed_is_answered_while_the_program_runs(sandbox: Sandbox, language: str) -> None:
    keyboard = Keyboard()
    name = {"python": "main.py", "bash": "main.sh"}[language]
    job = Job(language, {name: ECHO[language].encode()}, name, b"before\n")
    async with aclosing(sandbox.run(job, stdin=aiter(keyboard))) as items:
        assert await said(items) == b"BEFORE\n"
        for word in (b"one", b"two"):
            keyboard.type(word + b"\n")
            assert await said(items) == word.upper() + b"\n"
        keyboard.end()
        assert await said(items) == b"end\n"
        outcome = await anext(items)
    assert isinstance(outcome, Outcome)
    assert outcome.exit_code == 0


async def test_a_program_that_reads_no_more_ends_though_nobody_stopped_typing(sandbox: Sandbox) -> None:
    keyboard = Keyboard()
    async with aclosing(sandbox.run(python("print(input())"), stdin=aiter(keyboard))) as items:
        keyboard.type(b"enough\n")
        assert await said(items) == b"enough\n"
        assert isinstance(await asyncio.wait_for(anext(items), 5), Outcome)


async def test_waiting_for_typing_ends_with_the_wall_time(quick_sandbox: Sandbox) -> None:
    async with aclosing(quick_sandbox.run(python("input()"), stdin=aiter(Keyboard()))) as items:
        outcome = await asyncio.wait_for(anext(items), 5)
    assert isinstance(outcome, Outcome)
    assert outcome.limit == "wall_time"


@pytest.mark.parametrize("code", ["print(input()); import time; time.sleep(60)", "print('x'); while True: pass"])
async def test_stop_ends_the_program_at_once(sandbox: Sandbox, code: str) -> None:
    api = DockerApi()
    keyboard = Keyboard()
    keyboard.type(b"1\n")
    async with aclosing(sandbox.run(python(code.replace("; while", "\nwhile")), stdin=aiter(keyboard))) as items:
        await said(items)
        began = time.monotonic()
    async with asyncio.timeout(3):
        while await our_containers(api):  # noqa: ASYNC110 - the engine's state
            await asyncio.sleep(0.02)
    assert time.monotonic() - began < 2
    await api.close()


async def test_whoever_waits_is_told_the_place_before_any_output(make_sandbox: MakeSandbox) -> None:
    sandbox = await make_sandbox(SandboxSettings(max_concurrent=1, max_waiting=2))
    places: dict[str, list[int]] = {"ada": [], "bob": []}

    async def watch(person: str) -> None:
        async with aclosing(sandbox.run(python("print(1)"), person=person)) as items:
            kinds = []
            async for item in items:
                kinds.append(type(item))
                if isinstance(item, Queued):
                    places[person].append(item.place)
        assert kinds == sorted(kinds, key=[Queued, Output, Outcome].index)

    keyboard = Keyboard()
    async with aclosing(sandbox.run(python("print(0)\ninput()"), person="ada", stdin=aiter(keyboard))) as first:
        await said(first)
        tasks = []
        for person in ("ada", "bob"):
            tasks.append(asyncio.create_task(watch(person)))
            while not places[person]:  # noqa: ASYNC110 - until it waits
                await asyncio.sleep(0.01)
        with pytest.raises(SandboxBusyError):
            await run_code(sandbox, "python", "print(1)")
        keyboard.end()
        async for _ in first:
            pass
    await asyncio.gather(*tasks)
    assert places == {"ada": [1, 0], "bob": [2, 1, 0]}
