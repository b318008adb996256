"""Nothing is left behind: not by a run that ended, was cancelled or waited, nor by a server that was killed."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from sandbox_runs import (
    MakeSandbox,
    our_containers,
    run_code,
    start_server_to_kill,
    wait_until_none_is_left,
    wait_until_none_runs,
)

from codewithme_sandbox import orphans
from codewithme_sandbox.docker_api import DockerApi
from codewithme_sandbox.image_names import image_name
from codewithme_sandbox.job import Job, Output
from codewithme_sandbox.policy import SandboxPolicy, container_config
from codewithme_sandbox.pool import PoolSize
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings

ENDLESS = Job("bash", {"main.sh": b"echo begun; sleep 60"}, "main.sh")
MINE = f"{orphans.OWNER}={orphans.labels('run')[orphans.OWNER]}"


@pytest.fixture
async def api(engine: None) -> AsyncIterator[DockerApi]:
    api = DockerApi()
    yield api
    await api.close()


async def test_a_container_is_gone_within_seconds_of_the_answer(sandbox: Sandbox, api: DockerApi) -> None:
    await run_code(sandbox, "python", "print(1)")
    await wait_until_none_is_left(api, MINE)


async def test_closing_a_run_removes_its_container(sandbox: Sandbox, api: DockerApi) -> None:
    async with aclosing(sandbox.run(ENDLESS)) as items:
        assert await anext(items) == Output("stdout", b"begun\n")
        assert len(await our_containers(api)) == 1
    await wait_until_none_is_left(api, MINE)


async def test_a_container_whose_supervisor_does_not_leave_is_killed(sandbox: Sandbox, api: DockerApi) -> None:
    """Closing our end of the stream is how a container is told to go. One that is frozen does not hear of it."""
    async with aclosing(sandbox.run(ENDLESS)) as items:
        assert await anext(items) == Output("stdout", b"begun\n")
        [container] = await our_containers(api)
        await api.kill(container, "SIGSTOP")
    await wait_until_none_is_left(api, MINE)


@pytest.mark.parametrize("after_s", [0.0, 0.02, 0.05, 0.08, 0.12, 0.3])
async def test_cancelling_at_any_moment_leaves_no_container(sandbox: Sandbox, api: DockerApi, after_s: float) -> None:
    task = asyncio.create_task(run_code(sandbox, "bash", "sleep 60"))
    await asyncio.sleep(after_s)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await sandbox.stop()
    await wait_until_none_is_left(api, MINE)


async def test_a_cancelled_run_in_the_queue_takes_nobodys_place(make_sandbox: MakeSandbox) -> None:
    sandbox = await make_sandbox(SandboxSettings(max_concurrent=1, timeout_s=5))
    first = asyncio.create_task(run_code(sandbox, "bash", "sleep 0.5; echo first"))
    await asyncio.sleep(0.1)  # the first must have the only place
    second = asyncio.create_task(run_code(sandbox, "bash", "echo second"))
    third = asyncio.create_task(run_code(sandbox, "bash", "echo third"))
    await asyncio.sleep(0.1)
    second.cancel()
    assert (await first).stdout == "first\n"
    assert (await third).stdout == "third\n"
    assert (await third).outcome.queue_time_ms > 100


async def test_containers_in_removal_are_bounded(make_sandbox: MakeSandbox, api: DockerApi) -> None:
    sandbox = await make_sandbox(SandboxSettings(max_concurrent=2))
    counts = []

    async def watched() -> None:
        await run_code(sandbox, "json", "{}")
        counts.append(len(await our_containers(api)))

    await asyncio.gather(*(watched() for _ in range(20)))
    # Two that run, three in the making, and what is being removed.
    assert max(counts) <= 2 + 3 + 6


async def test_a_killed_server_leaves_nothing_running(api: DockerApi) -> None:
    server, line, label = await start_server_to_kill(api, "run")
    assert line == "begun"
    assert len(await api.containers(label)) > 1, "none waits beside the one that runs"
    server.kill()
    await server.wait()
    # Programs are dead within seconds. A container that was made and not started yet stays until a server starts.
    await wait_until_none_runs(label)
    next_server = Sandbox(SandboxSettings(pool=PoolSize.none()))
    await next_server.start()
    await next_server.stop()
    assert await api.containers(label) == []


async def create(api: DockerApi, name: str, owner: str) -> str:
    labels = {orphans.KIND: "run", orphans.OWNER: owner}
    config = container_config(SandboxPolicy(), image=image_name("core"), uid=65534, gid=65534, labels=labels)
    return await api.create(config, name)


async def test_containers_of_dead_owners_are_reaped_and_no_others(api: DockerApi) -> None:
    machine, _, mine = orphans.labels("run")[orphans.OWNER].partition("/")
    dead = await asyncio.create_subprocess_exec("true")
    await dead.wait()
    names = f"codewithme-test-{os.getpid()}"
    orphan = await create(api, f"{names}-dead", f"{machine}/{dead.pid}@1")
    reused = await create(api, f"{names}-reused", f"{machine}/{os.getpid()}@1")
    own = await create(api, f"{names}-own", f"{machine}/{mine}")
    foreign = await create(api, f"{names}-foreign", f"another-machine/{dead.pid}@1")
    try:
        sandbox = Sandbox(SandboxSettings())
        await sandbox.start()
        await sandbox.stop()
        there = {container for container, _ in await api.containers(orphans.KIND)}
        assert not there & {orphan, reused}
        assert {own, foreign} <= there
    finally:
        for container in (orphan, reused, own, foreign):
            await api.remove(container)
