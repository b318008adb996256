"""The sandbox as the rest of the product sees it: give it a job, get the output as it comes and how it ended."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from . import orphans
from .container import Container
from .docker_api import DockerApi, NoSuchObjectError
from .image_names import VERSIONS_LABEL, build_command, image_name, versions_from
from .job import (
    EngineStatus,
    EngineUnavailableError,
    ImageMissingError,
    Job,
    Language,
    Outcome,
    Output,
    Queued,
    SandboxError,
    Step,
    UnknownLanguageError,
)
from .languages import all_languages, command
from .outcome import StageEnd
from .policy import SandboxPolicy
from .turns import Turns

# Who waited longer than this for a place asks again whether the engine is there.
_LONG_WAIT_MS = 500.0

log = logging.getLogger(__name__)


def _at_once() -> int:
    return max(2, os.cpu_count() or 2)


@dataclass(frozen=True)
class SandboxSettings:
    """What an administrator may set. ``docker_host`` None means DOCKER_HOST or the usual socket."""

    docker_host: str | None = None
    timeout_s: float = 10.0
    memory_mib: int = 128
    max_output_bytes: int = 256 * 1024
    max_concurrent: int = field(default_factory=_at_once)
    max_waiting: int = 200
    runtime: str | None = None

    def policy(self) -> SandboxPolicy:
        return SandboxPolicy(
            timeout_s=self.timeout_s,
            memory_mib=self.memory_mib,
            output_bytes=self.max_output_bytes,
            runtime=self.runtime,
        )


class Sandbox:
    """Runs jobs, each in a container of its own. Belongs to one event loop; ``start`` it and ``stop`` it."""

    def __init__(self, settings: SandboxSettings, *, languages: Mapping[str, Language] | None = None) -> None:
        self._policy = settings.policy()
        self._api = DockerApi(settings.docker_host)
        self._turns = Turns(settings.max_concurrent, may_wait=settings.max_waiting)
        self._languages = languages if languages is not None else all_languages()
        self._is_reaped = False
        self._background: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Removes what dead servers left at the engine. Never fails: an engine that is away is noticed at each run."""
        await self._reap()

    async def stop(self) -> None:
        """Waits until the containers of runs that ended are gone, then lets go of the engine."""
        while self._background:
            await asyncio.gather(*self._background)
        await self._api.close()

    async def status(self) -> EngineStatus:
        """Whether a run would work now. Answers within 2 s, whatever the engine does."""
        try:
            await self._api.ping()
            await self._api.image_labels(image_name("core"))
        except NoSuchObjectError:
            return EngineStatus(False, "The sandbox image is not built yet.", f"Build it: {build_command('core')}")
        except EngineUnavailableError as error:
            return EngineStatus(False, error.reason, error.advice)
        except SandboxError as error:
            return EngineStatus(False, error.message, "See the log of the container engine.")
        return EngineStatus(True)

    def catalogue(self) -> list[Language]:
        """Every language there is, without asking the engine."""
        return list(self._languages.values())

    async def languages(self) -> list[tuple[Language, bool, str | None]]:
        """Every language, whether it can run now, and if not the reason with what to do about it."""
        images = {language.image for language in self._languages.values()}
        versions = {image: await self._versions(image) for image in images}
        return [self._listed(language, versions[language.image]) for language in self._languages.values()]

    async def run(
        self, job: Job, *, person: str = "", stdin: AsyncIterator[bytes] | None = None
    ) -> AsyncGenerator[Queued | Output | Outcome, None]:
        """Runs the job; closing the generator kills it at once.

        ``person`` is whom the run is for; a free place goes round between persons, and whoever waits is told the place.
        ``stdin`` brings what is typed while the program runs, after ``job.stdin``; the program sees the end of its input
        when the iterator ends, or after ``job.stdin`` if there is none.

        Raises ``UnknownLanguageError``, ``SandboxBusyError``, ``EngineUnavailableError`` (within 2 s when the engine is
        away; at once when it stops in the middle), ``ImageMissingError`` or another ``SandboxError``; otherwise the last
        item is the one ``Outcome``.
        """
        language = self._languages.get(job.language)
        if language is None:
            raise UnknownLanguageError(job.language)
        await self._api.ping()
        asked = time.monotonic()
        turn = self._turns.ask(person)
        try:
            async for place in turn.places():
                yield Queued(place)
            queue_time_ms = (time.monotonic() - asked) * 1000
            if queue_time_ms > _LONG_WAIT_MS:
                await self._api.ping()
        except BaseException:
            turn.give_back()
            raise
        # Shielded: the engine goes on creating when its caller is cancelled, and then somebody must remove it.
        starting = asyncio.create_task(self._container(language))
        try:
            container = await asyncio.shield(starting)
        except asyncio.CancelledError:
            self._spawn(self._abandon(starting, turn.give_back))
            raise
        except BaseException:
            turn.give_back()
            raise
        end = self._ending(container, turn.give_back)
        try:
            async for item in self._stages(container, language, job, stdin, queue_time_ms):
                if isinstance(item, Outcome):
                    end()  # before the caller has it: whoever knows the outcome may rely on the removal having begun
                yield item
        finally:
            end()

    async def _stages(
        self,
        container: Container,
        language: Language,
        job: Job,
        stdin: AsyncIterator[bytes] | None,
        queue_time_ms: float,
    ) -> AsyncGenerator[Output | Outcome, None]:
        await container.send_files(job)
        compile_time_ms = 0.0
        if language.compile is not None:
            step = language.compile
            async for item in container.run(step, command(language, step, job), policy=self._policy_of(step)):
                if isinstance(item, Output):
                    yield item
                    continue
                compile_time_ms = item.wall_time_ms
                if not item.is_success:
                    yield item.outcome("compile", compile_time_ms=compile_time_ms, queue_time_ms=queue_time_ms)
                    return
        step = language.run
        argv = command(language, step, job)
        stages = container.run(step, argv, stdin=job.stdin, typed=stdin, policy=self._policy_of(step))
        async for item in stages:
            if isinstance(item, StageEnd):
                yield item.outcome("run", compile_time_ms=compile_time_ms, queue_time_ms=queue_time_ms)
            else:
                yield item

    async def _container(self, language: Language) -> Container:
        policy = self._policy_of(language.compile or language.run)
        try:
            container = await Container.start(
                self._api, policy, image=image_name(language.image), labels=orphans.labels("run")
            )
        except NoSuchObjectError as error:
            raise ImageMissingError(_missing(language), language.id) from error
        if not self._is_reaped:
            self._spawn(self._reap())
        return container

    def _policy_of(self, step: Step) -> SandboxPolicy:
        return replace(
            self._policy,
            timeout_s=step.timeout_s if step.timeout_s is not None else self._policy.timeout_s,
            memory_mib=max(self._policy.memory_mib, step.memory_mib),
        )

    async def _versions(self, image: str) -> dict[str, str] | SandboxError:
        """Version by language as the image's label has it, or why there is none."""
        try:
            labels = await self._api.image_labels(image_name(image))
        except SandboxError as error:
            return error
        return versions_from(labels.get(VERSIONS_LABEL, "{}"))

    def _listed(self, language: Language, versions: dict[str, str] | SandboxError) -> tuple[Language, bool, str | None]:
        if isinstance(versions, NoSuchObjectError):
            return language, False, _missing(language)
        if isinstance(versions, SandboxError):
            return language, False, versions.message
        if language.id not in versions:
            return language, False, f"The image is older than this language. {_build_advice(language)}"
        return replace(language, version=versions[language.id]), True, None

    async def _reap(self) -> None:
        try:
            await self._api.ping()
            self._is_reaped = True
            count = await orphans.reap(self._api)
        except SandboxError as error:
            self._is_reaped = False
            log.warning("Sandbox: %s", error.message)
            return
        if count:
            log.info("Sandbox: removed %d containers that a stopped server had left.", count)

    def _ending(self, container: Container, give_back: Callable[[], None]) -> Callable[[], None]:
        """What ends the run, once, in the background. Its place is free when the container is gone: there are never
        more containers than places."""
        is_ended = False

        def end() -> None:
            nonlocal is_ended
            if not is_ended:
                is_ended = True
                self._spawn(self._discard(container, give_back))

        return end

    async def _abandon(self, starting: asyncio.Task[Container], give_back: Callable[[], None]) -> None:
        try:
            container = await starting
        except SandboxError:
            give_back()
        else:
            await self._discard(container, give_back)

    async def _discard(self, container: Container, give_back: Callable[[], None]) -> None:
        try:
            await container.remove()
        except EngineUnavailableError:
            pass  # its containers ended with it, and AutoRemove or the next start clears them away
        except SandboxError as error:
            log.warning("Sandbox: a container could not be removed: %s", error.message)
        finally:
            give_back()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _missing(language: Language) -> str:
    return f"The image for {language.name} is not there. {_build_advice(language)}"


def _build_advice(language: Language) -> str:
    return language.missing_advice or f"Build it: {build_command(language.image)}"
