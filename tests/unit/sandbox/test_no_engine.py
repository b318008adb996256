"""A machine on which no container engine was ever installed."""

import aiodocker.docker
import pytest

from codewithme_sandbox.pool import PoolSize
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings


async def test_without_any_engine_the_sandbox_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiodocker.docker, "_sock_search_paths", [])
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", "/nonexistent")
    sandbox = Sandbox(SandboxSettings(pool=PoolSize.none()))
    try:
        await sandbox.start()
        status = await sandbox.status()
        assert not status.is_available
        assert "no engine's socket" in (status.reason or "")
        assert "dockerd" in (status.advice or "")
        assert all(not is_available and reason for _, is_available, reason in await sandbox.languages())
    finally:
        await sandbox.stop()
