"""Without an engine nothing runs and everybody is told what to do; when it comes back, so do the runs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
from engine_proxy import EngineProxy
from sandbox_runs import our_containers, run_code

from codewithme_sandbox.docker_api import DockerApi
from codewithme_sandbox.job import EngineUnavailableError, ImageMissingError, Job, Output, SandboxError
from codewithme_sandbox.languages import all_languages
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings


@pytest.fixture
async def proxy(engine: None, tmp_path: Path) -> AsyncIterator[EngineProxy]:
    proxy = EngineProxy(tmp_path)
    await proxy.bring_back()
    yield proxy
    await proxy.take_away()


async def refusal(docker_host: str) -> EngineUnavailableError:
    """The error of a run, which must come within two seconds."""
    sandbox = Sandbox(SandboxSettings(docker_host=docker_host))
    await sandbox.start()
    began = time.monotonic()
    with pytest.raises(EngineUnavailableError) as caught:
        await run_code(sandbox, "python", "print(1)")
    assert time.monotonic() - began < 2
    status = await sandbox.status()
    assert not status.is_available
    assert status.reason
    assert status.advice
    await sandbox.stop()
    return caught.value


async def test_without_an_engine_a_run_is_refused_with_advice(tmp_path: Path) -> None:
    error = await refusal(f"unix://{tmp_path}/none.sock")
    assert error.code == "engine_unavailable"
    assert "Start Docker" in error.message


async def test_a_port_where_nothing_listens_is_no_engine() -> None:
    assert "Start Docker" in (await refusal("tcp://127.0.0.1:9")).message


async def test_an_engine_that_accepts_and_never_answers_is_told_in_time(tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    server = await asyncio.start_unix_server(silent, tmp_path / "engine.sock")
    assert "in time" in (await refusal(f"unix://{tmp_path}/engine.sock")).message
    gone.set()
    server.close()


async def test_without_an_engine_every_language_is_still_listed(tmp_path: Path) -> None:
    sandbox = Sandbox(SandboxSettings(docker_host=f"unix://{tmp_path}/none.sock"))
    listed = await sandbox.languages()
    assert [language.id for language, _, _ in listed] == list(all_languages())
    assert all(not is_available and reason for _, is_available, reason in listed)
    await sandbox.stop()


async def test_without_an_engine_nothing_runs_on_the_host(tmp_path: Path) -> None:
    sandbox = Sandbox(SandboxSettings(docker_host=f"unix://{tmp_path}/none.sock"))
    with pytest.raises(EngineUnavailableError):
        await run_code(sandbox, "bash", f"touch {tmp_path}/ran-on-the-host")
    assert not (tmp_path / "ran-on-the-host").exists()
    await sandbox.stop()


async def test_an_engine_that_stops_in_the_middle_ends_the_run_at_once_and_its_return_is_noticed(
    proxy: EngineProxy,
) -> None:
    sandbox = Sandbox(SandboxSettings(docker_host=proxy.address))
    await sandbox.start()
    job = Job("bash", {"main.sh": b"echo begun; sleep 30"}, "main.sh")
    async with aclosing(sandbox.run(job)) as items:
        assert await anext(items) == Output("stdout", b"begun\n")
        await proxy.take_away()
        began = time.monotonic()
        with pytest.raises(EngineUnavailableError, match="cut off"):
            await anext(items)
        assert time.monotonic() - began < 2
    with pytest.raises(EngineUnavailableError):
        await run_code(sandbox, "python", "print(1)")
    await proxy.bring_back()
    assert (await run_code(sandbox, "python", "print('back')")).stdout == "back\n"
    await sandbox.stop()
    api = DockerApi()
    async with asyncio.timeout(5):
        while await our_containers(api):  # noqa: ASYNC110 - the engine's state
            await asyncio.sleep(0.05)
    await api.close()


async def test_a_container_ended_from_outside_ends_its_run_at_once(sandbox: Sandbox) -> None:
    api = DockerApi()
    job = Job("bash", {"main.sh": b"echo begun; sleep 30"}, "main.sh")
    async with aclosing(sandbox.run(job)) as items:
        await anext(items)
        [container] = await our_containers(api)
        await api.kill(container)
        with pytest.raises(SandboxError, match="ended from outside") as caught:
            await asyncio.wait_for(anext(items), 2)
    assert caught.value.code == "container_lost"
    await api.close()


async def test_an_engine_that_is_away_at_the_start_is_found_later(proxy: EngineProxy) -> None:
    await proxy.take_away()
    sandbox = Sandbox(SandboxSettings(docker_host=proxy.address))
    await sandbox.start()
    assert not (await sandbox.status()).is_available
    await proxy.bring_back()
    assert (await sandbox.status()).is_available
    assert (await run_code(sandbox, "bash", "echo found")).stdout == "found\n"
    await sandbox.stop()


async def test_a_missing_image_is_told_with_the_command_that_builds_it(engine: None) -> None:
    absent = replace(all_languages()["python"], image="never-built")
    sandbox = Sandbox(SandboxSettings(), languages={"python": absent})
    with pytest.raises(ImageMissingError, match="python -m codewithme_sandbox build never-built") as caught:
        await run_code(sandbox, "python", "print(1)")
    assert caught.value.language == "python"
    [(_, is_available, reason)] = await sandbox.languages()
    assert not is_available
    assert reason is not None
    assert "build never-built" in reason
    await sandbox.stop()
