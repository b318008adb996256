"""The sandbox as the rest of the product sees it: give it a job, get the output as it comes and how it ended."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field, replace

from .container import Container
from .docker_api import DockerApi, NoSuchObjectError
from .image_names import NAMESPACE, VERSIONS_LABEL, build_command, image_name, versions_from
from .job import (
    EngineStatus,
    EngineUnavailableError,
    ImageMissingError,
    Job,
    Language,
    Limits,
    Outcome,
    Output,
    Queued,
    SandboxError,
    Stage,
    Step,
    UnknownLanguageError,
)
from .languages import all_languages, command
from .outcome import Compiled, StageEnd
from .policy import SandboxPolicy
from .pool import Kind, Pool, PoolSize
from .source import ContainerSource
from .turns import Turns

# Who waited longer than this for a place asks again whether the engine is there.
_LONG_WAIT_S = 0.5


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
    pool: PoolSize = field(default_factory=PoolSize)
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
        warm = {language.id: language.warm for language in self._languages.values() if language.warm is not None}
        self._source = ContainerSource(self._api, warm)
        self._pool = Pool(self._source, settings.pool)

    async def start(self) -> None:
        """Removes what dead servers left at the engine, and begins to fill the pool.

        Never fails: an engine that is away is noticed at each run.
        """
        await self._source.reap()
        core = [language for language in self._languages.values() if language.image == "core"]
        self._pool.start(dict.fromkeys(self._kind(language) for language in core))

    async def stop(self) -> None:
        """Waits until all containers are gone, then lets go of the engine."""
        await self._pool.stop()
        await self._source.stop()
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

    @property
    def waiting_containers(self) -> int:
        """How many started containers wait for a program."""
        return self._pool.waiting

    def catalogue(self) -> list[Language]:
        """Every language there is, without asking the engine."""
        return list(self._languages.values())

    async def languages(self) -> list[tuple[Language, bool, str | None]]:
        """Every language, whether it can run now, and if not the reason with what to do about it."""
        try:
            images = await self._api.images(f"{NAMESPACE}/*")
        except SandboxError as error:
            return [(language, False, error.message) for language in self._languages.values()]
        return [self._listed(language, images.get(image_name(language.image))) for language in self._languages.values()]

    def limits(self, language: Language) -> dict[Stage, Limits]:
        """What each stage of the language may use."""
        steps: dict[Stage, Step | None] = {"compile": language.compile, "run": language.run}
        return {stage: self._policy_of(step).limits for stage, step in steps.items() if step is not None}

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
        kind = self._kind(language)
        if not self._pool.has(kind):
            await self._api.ping()  # says within 2 s that there is no engine
        asked = time.monotonic()
        turn = self._turns.ask(person)
        has_waited = False
        try:
            async for place in turn.places():
                has_waited = True
                yield Queued(place)
            if time.monotonic() - asked > _LONG_WAIT_S and not self._pool.has(kind):
                await self._api.ping()
            container = await self._pool.take(kind)
        except NoSuchObjectError as error:
            turn.give_back()
            raise ImageMissingError(_missing(language), language.id) from error
        except BaseException:
            turn.give_back()
            raise
        queue_time_ms = (time.monotonic() - asked) * 1000
        is_over = False
        try:
            if has_waited:
                yield Queued(0)
            async for item in self._stages(container, language, job, stdin, queue_time_ms):
                if isinstance(item, Outcome):
                    # Before the caller has it: whoever knows the outcome may rely on the removal having begun.
                    is_over = True
                    self._pool.remove(container)
                    turn.give_back()
                yield item
        finally:
            if not is_over:
                # Its program may still run, so its place is free only when the container is gone.
                self._pool.remove(container, turn.give_back)

    async def _stages(
        self,
        container: Container,
        language: Language,
        job: Job,
        stdin: AsyncIterator[bytes] | None,
        queue_time_ms: float,
    ) -> AsyncGenerator[Output | Outcome, None]:
        container.add_files(job)
        if language.warm is not None:
            async for prepared in self._prepared(container, language.warm, job, stdin, queue_time_ms):
                yield prepared
            return
        compile_time_ms = 0.0
        if language.compile is not None:
            step = language.compile
            policy = self._policy_of(step)
            async for item in container.run(step, command(language, step, job), policy=policy):
                if isinstance(item, Output):
                    yield item
                    continue
                compile_time_ms = item.wall_time_ms
                if not item.is_success:
                    yield item.outcome(
                        "compile",
                        limits=policy.limits,
                        compile_time_ms=compile_time_ms,
                        queue_time_ms=queue_time_ms,
                    )
                    return
        step = language.run
        argv = command(language, step, job)
        policy = self._policy_of(step)
        async for item in container.run(step, argv, stdin=job.stdin, typed=stdin, policy=policy):
            if isinstance(item, StageEnd):
                yield item.outcome(
                    "run", limits=policy.limits, compile_time_ms=compile_time_ms, queue_time_ms=queue_time_ms
                )
            else:
                yield item

    async def _prepared(
        self, container: Container, step: Step, job: Job, stdin: AsyncIterator[bytes] | None, queue_time_ms: float
    ) -> AsyncGenerator[Output | Outcome, None]:
        stage: Stage = "compile"
        compile_time_ms = 0.0
        policy = self._policy_of(step)
        async for item in container.run_prepared(step, (job.entry,), stdin=job.stdin, typed=stdin, policy=policy):
            match item:
                case Output():
                    yield item
                case Compiled():
                    stage, compile_time_ms = "run", item.wall_time_ms
                case StageEnd():
                    yield item.outcome(
                        stage,
                        limits=policy.limits,
                        compile_time_ms=item.wall_time_ms if stage == "compile" else compile_time_ms,
                        queue_time_ms=queue_time_ms,
                    )

    def _kind(self, language: Language) -> Kind:
        """Which containers can run the language. What a stage may set for itself makes no difference."""
        return Kind(language.image, self._policy, language.id if language.warm is not None else None)

    def _policy_of(self, step: Step) -> SandboxPolicy:
        return replace(
            self._policy,
            timeout_s=step.timeout_s if step.timeout_s is not None else self._policy.timeout_s,
            memory_mib=max(self._policy.memory_mib, step.memory_mib),
        )

    def _listed(self, language: Language, labels: Mapping[str, str] | None) -> tuple[Language, bool, str | None]:
        if labels is None:
            return language, False, _missing(language)
        versions = versions_from(labels.get(VERSIONS_LABEL, "{}"))
        if language.id not in versions:
            return language, False, f"The image is older than this language. {_build_advice(language)}"
        return replace(language, version=versions[language.id]), True, None


def _missing(language: Language) -> str:
    return f"The image for {language.name} is not there. {_build_advice(language)}"


def _build_advice(language: Language) -> str:
    return language.missing_advice or f"Build it: {build_command(language.image)}"
