"""Fixtures for tests against a real container engine. Without one they fail, saying what to do; they never skip."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sandbox_runs import MakeSandbox, our_containers

from codewithme_sandbox import orphans
from codewithme_sandbox.docker_api import DockerApi
from codewithme_sandbox.job import EngineUnavailableError
from codewithme_sandbox.pool import PoolSize
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings


@pytest.fixture(scope="session")
def engine() -> None:
    """An engine answers and the core image is there."""

    async def status() -> str | None:
        sandbox = Sandbox(SandboxSettings())
        try:
            answer = await sandbox.status()
        finally:
            await sandbox.stop()
        return None if answer.is_available else f"{answer.reason} {answer.advice}"

    trouble = asyncio.run(status())
    if trouble is not None:
        pytest.fail(f"These tests need the sandbox. {trouble}")


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left() -> Iterator[None]:
    """When all tests are over, this process owns no container, and no folder or mount for a kernel's sockets.

    Other servers on this machine may have theirs: what is ours has our name on it.
    """
    before = _own_mounts()
    yield
    assert asyncio.run(_own_containers()) == []
    assert _own_folders() == []
    assert _own_mounts() <= before


async def _own_containers() -> list[str]:
    api = DockerApi()
    try:
        return await our_containers(api)
    except EngineUnavailableError:
        return []  # every test has said so
    finally:
        await api.close()


def _own_folders() -> list[Path]:
    owners = [*Path("/run/codewithme").glob("*.owner"), *Path("/dev/shm").glob("codewithme-*/*.owner")]
    return [file for file in owners if file.exists() and file.read_text() == orphans.this_process()]


def _own_mounts() -> set[str]:
    """Mounts that only this process can have made: those that no owner's file stands beside."""
    mounts = {
        line.split()[1] for line in Path("/proc/mounts").read_text().splitlines() if line.startswith("codewithme ")
    }
    return {mount for mount in mounts if not Path(f"{mount}.owner").exists()}


@pytest.fixture
async def make_sandbox(engine: None) -> AsyncIterator[MakeSandbox]:
    """Makes started sandboxes with the settings given; they are stopped, and their containers gone, after the test.

    Containers wait in them only if the settings say how many: most tests need one container and not six.
    """
    made: list[Sandbox] = []

    async def make(settings: SandboxSettings) -> Sandbox:
        if settings.pool == PoolSize():
            settings = replace(settings, pool=PoolSize.none())
        sandbox = Sandbox(settings)
        made.append(sandbox)
        await sandbox.start()
        return sandbox

    yield make
    for sandbox in made:
        await sandbox.stop()


@pytest.fixture
async def sandbox(make_sandbox: MakeSandbox) -> Sandbox:
    """A sandbox with the product's default limits."""
    return await make_sandbox(SandboxSettings())


@pytest.fixture
async def quick_sandbox(make_sandbox: MakeSandbox) -> Sandbox:
    """A sandbox whose wall time is two seconds, for programs that never end by themselves."""
    return await make_sandbox(SandboxSettings(timeout_s=2.0))
