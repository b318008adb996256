"""Fixtures for tests against a real container engine. Without one they fail, saying what to do; they never skip."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sandbox_runs import MakeSandbox

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
