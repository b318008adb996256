"""Containers wait for jobs, one job each; whatever happens to them, the pool fills up again and leaves nothing."""

import asyncio
import io
import os
import tarfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from engine_proxy import EngineProxy
from sandbox_runs import MakeSandbox, our_containers, run_code, wait_until_none_is_left

from codewithme_sandbox import orphans, pool
from codewithme_sandbox.docker_api import DockerApi
from codewithme_sandbox.job import EngineUnavailableError, SandboxError
from codewithme_sandbox.languages import all_languages
from codewithme_sandbox.pool import PoolSize
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings

MINE = f"{orphans.OWNER}={orphans.labels('run')[orphans.OWNER]}"
# The core image has two kinds: with a waiting Python, and without.
KINDS = 2


@pytest.fixture
async def api(engine: None) -> AsyncIterator[DockerApi]:
    api = DockerApi()
    yield api
    await api.close()


async def eventually(condition: Callable[[], Awaitable[bool]], timeout_s: float = 10.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not await condition():  # noqa: ASYNC110 - the engine's state
            await asyncio.sleep(0.05)


async def wait_for(api: DockerApi, count: int) -> None:
    async def is_so() -> bool:
        return len(await our_containers(api)) == count

    await eventually(is_so)


async def kill(api: DockerApi, container: str) -> None:
    """One that is listed may not have started yet."""

    async def is_done() -> bool:
        try:
            await api.kill(container)
        except SandboxError:
            return False
        return True

    await eventually(is_done)


async def test_containers_wait_and_one_that_was_used_is_replaced(make_sandbox: MakeSandbox, api: DockerApi) -> None:
    sandbox = await make_sandbox(SandboxSettings(pool=PoolSize(standing=2, most=2)))
    await wait_for(api, 2 * KINDS)
    before = set(await our_containers(api))
    ran = await run_code(sandbox, "python", "print('hello')")
    assert ran.stdout == "hello\n"
    assert ran.outcome.queue_time_ms < 50

    async def is_replaced() -> bool:
        now = set(await our_containers(api))
        return len(now) == 2 * KINDS and len(now & before) == 2 * KINDS - 1

    await eventually(is_replaced)
    await sandbox.stop()
    assert await our_containers(api) == []


async def test_one_job_one_container(make_sandbox: MakeSandbox) -> None:
    """Every container has a user id of its own."""
    sandbox = await make_sandbox(SandboxSettings(pool=PoolSize(standing=1, most=3)))
    rans = [await run_code(sandbox, "python", "import os; print(os.getuid())") for _ in range(4)]
    rans += await asyncio.gather(*(run_code(sandbox, "bash", "id -u") for _ in range(4)))
    assert len({ran.stdout for ran in rans}) == 8


async def test_languages_that_differ_in_memory_share_containers(make_sandbox: MakeSandbox, api: DockerApi) -> None:
    sandbox = await make_sandbox(SandboxSettings(pool=PoolSize(standing=1, most=1)))
    await wait_for(api, KINDS)
    code = "#include <vector>\nint main() { std::vector<char> v(200u << 20, 1); return v[5]; }"
    ran = await run_code(sandbox, "cpp", code)
    assert (ran.outcome.stage, ran.outcome.limit) == ("run", "memory")


async def test_a_waiting_container_that_dies_is_replaced_and_no_run_notices(
    make_sandbox: MakeSandbox, api: DockerApi
) -> None:
    sandbox = await make_sandbox(SandboxSettings(pool=PoolSize(standing=1, most=1)))
    await wait_for(api, KINDS)
    killed = set(await our_containers(api))
    for container in killed:
        await kill(api, container)

    async def is_replaced() -> bool:
        now = set(await our_containers(api))
        return len(now) == KINDS and not now & killed

    await eventually(is_replaced)
    assert (await run_code(sandbox, "python", "print(1)")).stdout == "1\n"


async def test_containers_of_an_old_image_are_thrown_away(
    api: DockerApi, engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_TICK_S", 0.2)
    name = f"pool-test-{os.getpid()}"

    async def build(version: str) -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            dockerfile = b"FROM codewithme/core:latest\n"
            entry = tarfile.TarInfo("Dockerfile")
            entry.size = len(dockerfile)
            archive.addfile(entry, io.BytesIO(dockerfile))
        async for _ in api.build(
            packed.getvalue(), tag=f"codewithme/{name}:latest", labels={"n": version}, arguments={}
        ):
            pass

    await build("1")
    first = await api.image_id(f"codewithme/{name}:latest")
    language = replace(all_languages()["bash"], image=name)
    sandbox = Sandbox(SandboxSettings(pool=PoolSize(rare=1)), languages={"bash": language})
    try:
        await run_code(sandbox, "bash", "echo 1")
        await wait_for(api, 1)
        old = await our_containers(api)
        await build("2")

        async def is_replaced() -> bool:
            now = await our_containers(api)
            return len(now) == 1 and now != old

        await eventually(is_replaced)
    finally:
        await sandbox.stop()
        await api.remove_image(f"codewithme/{name}:latest")
        await api.remove_image(first)


async def test_what_is_rarely_used_waits_for_a_while_only(
    make_sandbox: MakeSandbox, api: DockerApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_TICK_S", 0.1)
    monkeypatch.setattr(pool, "_RECENT_S", 1.0)
    sandbox = await make_sandbox(SandboxSettings(pool=PoolSize(standing=0, most=0, rare=1, unused_s=1.5)))
    await run_code(sandbox, "bash", "echo 1")
    await wait_for(api, 1)
    await wait_until_none_is_left(api, MINE)


async def test_an_engine_that_went_away_and_came_back_has_a_full_pool_again(
    api: DockerApi, engine: None, tmp_path: Path
) -> None:
    proxy = EngineProxy(tmp_path)
    await proxy.bring_back()
    sandbox = Sandbox(SandboxSettings(docker_host=proxy.address, pool=PoolSize(standing=1, most=1)))
    try:
        await sandbox.start()

        async def all_wait() -> bool:
            return sandbox.waiting_containers == KINDS

        # One that is only being made hears nothing of the engine's end, and is found when the engine is back.
        await eventually(all_wait, 20)
        old = set(await our_containers(api))
        await proxy.take_away()
        began = time.monotonic()
        with pytest.raises(EngineUnavailableError):
            await run_code(sandbox, "python", "print(1)")
        assert time.monotonic() - began < 2
        await wait_for(api, 0)  # their streams ended
        await proxy.bring_back()

        async def is_full() -> bool:
            now = set(await our_containers(api))
            return len(now) == KINDS and not now & old

        await eventually(is_full, 20)
        assert (await run_code(sandbox, "python", "print(1)")).stdout == "1\n"
    finally:
        await sandbox.stop()
        await proxy.take_away()
    assert await our_containers(api) == []


async def test_fifty_runs_of_one_person_delay_another_by_little(make_sandbox: MakeSandbox, api: DockerApi) -> None:
    sandbox = await make_sandbox(SandboxSettings(max_concurrent=2))
    ended: list[str] = []

    async def one(person: str) -> None:
        await run_code(sandbox, "python", "print(1)", person=person)
        ended.append(person)

    many = [asyncio.create_task(one("ada")) for _ in range(50)]
    await asyncio.sleep(0.05)  # so that they are all in the queue
    await one("bob")
    assert ended.index("bob") <= 5
    for task in many:
        task.cancel()
    await asyncio.gather(*many, return_exceptions=True)
    await sandbox.stop()
    assert await our_containers(api) == []
