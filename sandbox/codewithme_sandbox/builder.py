"""Builds the sandbox's images: base, toolchains, then each language tried once in the real sandbox, and only then named."""

from __future__ import annotations

import asyncio
import io
import json
import re
import shlex
import tarfile
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace

from . import base_image, build_host
from .base_image import Progress
from .build_lock import alone
from .docker_api import DockerApi, NoSuchObjectError
from .image_names import CONTENT_LABEL, STAGE_LABEL, VERSIONS_LABEL, image_name
from .job import EngineUnavailableError, Job, Language, Outcome, Output, SandboxError, Step
from .recipes import CORE, content_hash, languages_of, needs_core, sources, upstream
from .sandbox import Sandbox, SandboxSettings

_PAUSES_S = (1.0, 5.0, 10.0)
# For a toolchain that is read from the disk for the first time: with little memory that would take minutes.
_PATIENCE_S = 120.0
_PATIENT_MIB = 1024


class UpstreamMissingError(SandboxError):
    """The image stands on somebody else's, which is not at the engine."""

    code = "upstream_missing"

    def __init__(self, image: str, upstream: str) -> None:
        super().__init__(f"Image {image}: it stands on {upstream}, which is not there. Get it: docker pull {upstream}")


async def build(
    image: str,
    settings: SandboxSettings,
    progress: Progress,
    *,
    is_forced: bool = False,
    keeps_stages: bool = False,
) -> bool:
    """Builds one image, and the core image if it needs that; returns False if the one there is up to date already.

    ``keeps_stages`` leaves the builder stages, which hold this machine's certificates, at the engine: the next build
    is then quicker.

    Raises ``UpstreamMissingError`` when it stands on somebody else's image that was not pulled, ``SandboxError`` with
    the last lines of the build when it fails; the old image, if any, is then still there.
    """
    api = DockerApi(settings.docker_host)
    try:
        await api.ping()
        if not is_forced and await is_current(api, image):
            progress(f"Image {image}: up to date")
            return False
        await _ensure_upstream(api, image)
        if needs_core(image) and not await is_current(api, CORE):
            await build(CORE, settings, progress, keeps_stages=keeps_stages)
        async with alone(progress):
            if not is_forced and await is_current(api, image):
                progress(f"Image {image}: built by somebody else meanwhile")
                return False
            await _build_and_name(api, image, settings, progress)
            if not keeps_stages:
                progress(f"Image {image}: removing what only the build needed")
                await api.remove_untagged(f"{STAGE_LABEL}={image}")
        return True
    finally:
        await api.close()


async def _build_and_name(api: DockerApi, image: str, settings: SandboxSettings, progress: Progress) -> None:
    began = time.monotonic()
    await base_image.ensure(api, progress)
    candidate = f"{image}:candidate"
    await _build(api, image, candidate, progress)
    versions = await _try_out(image, candidate, settings, progress)
    labels = {CONTENT_LABEL: content_hash(image), VERSIONS_LABEL: json.dumps(versions)}
    await _name(api, image, candidate, labels)
    progress(f"Image {image}: ready after {time.monotonic() - began:.0f} s")


async def is_current(api: DockerApi, image: str) -> bool:
    """Whether the image was built from exactly the files of this version."""
    try:
        return (await api.image_labels(image_name(image))).get(CONTENT_LABEL) == content_hash(image)
    except NoSuchObjectError:
        return False


async def _ensure_upstream(api: DockerApi, image: str) -> None:
    """Before the build: in it the engine would go and look for it in a registry."""
    name = upstream(image)
    if name is None:
        return
    try:
        await api.image_id(name)
    except NoSuchObjectError as error:
        raise UpstreamMissingError(image, name) from error


async def _build(api: DockerApi, image: str, candidate: str, progress: Progress) -> None:
    host = {f"host/{name}": content for name, content in build_host.context_files().items()}
    context = _archive({**sources(image), **host})
    log: list[str] = []
    began = time.monotonic()
    try:
        arguments = build_host.proxies()
        async for line in api.build(context, tag=image_name(candidate), labels={}, arguments=arguments):
            log.append(line)
            if line.startswith("Step "):
                progress(f"Image {image}: [{time.monotonic() - began:3.0f} s] {line[5:110]}")
    except SandboxError as error:
        last = "\n".join(log[-25:])
        raise SandboxError(f"{error.message}\n{last}", "build_failed") from error


async def _try_out(image: str, candidate: str, settings: SandboxSettings, progress: Progress) -> dict[str, str]:
    """Version by language id, after every language of the image has greeted in the real sandbox.

    That also warms the machine's page cache: the first run of a person is then not the slow one.
    """
    languages = {key: replace(language, image=candidate) for key, language in languages_of(image).items()}
    patient = {f"{key}-patient": _patient(language) for key, language in languages.items()}
    probe = replace(
        next(iter(languages.values())),
        id="versions",
        compile=None,
        warm=None,
        run=Step(("/usr/bin/bash", "{entry}"), timeout_s=_PATIENCE_S, memory_mib=_PATIENT_MIB),
    )
    sandbox = Sandbox(settings, languages={**languages, **patient, "versions": probe})
    try:
        for language in patient.values():
            await _greet(sandbox, language)
        printed, _, _ = await run_to_end(sandbox, _versions_job(languages))
        versions = _parse_versions(printed)
        for language in languages.values():
            outcome = await _greet(sandbox, language)
            progress(f"Image {image}: {language.name} {versions.get(language.id, '')} works ({told(outcome)})")
        return versions
    finally:
        await sandbox.stop()


def _patient(language: Language) -> Language:
    """The language with time and memory to read its toolchain from the disk for the first time."""
    return replace(
        language,
        id=f"{language.id}-patient",
        warm=None,
        run=_patient_step(language.run),
        compile=_patient_step(language.compile) if language.compile is not None else None,
    )


def _patient_step(step: Step) -> Step:
    return replace(step, timeout_s=_PATIENCE_S, memory_mib=max(step.memory_mib, _PATIENT_MIB))


async def _greet(sandbox: Sandbox, language: Language) -> Outcome:
    output, error, outcome = await run_to_end(sandbox, greeting(language))
    if outcome.exit_code != 0 or outcome.limit is not None:
        raise SandboxError(
            f"{language.name} does not work in the new image: {outcome} {output!r} {error!r}", "build_failed"
        )
    return outcome


def greeting(language: Language) -> Job:
    """The language's own hello."""
    return Job(language.id, {language.file_name: language.hello.encode()}, language.file_name)


def told(outcome: Outcome) -> str:
    """How long each stage of it took."""
    compiling = f"compile {outcome.compile_time_ms:.0f} ms, " if outcome.compile_time_ms else ""
    return f"{compiling}{outcome.stage} {outcome.wall_time_ms:.0f} ms"


async def run_to_end(sandbox: Sandbox, job: Job) -> tuple[str, str, Outcome]:
    """What it printed on standard output and error, and how it ended."""
    for pause_s in _PAUSES_S:
        try:
            return await _run_once(sandbox, job)
        except EngineUnavailableError:
            # Busy, perhaps, with putting away what was just built; a person's run would not wait for that.
            await asyncio.sleep(pause_s)
    return await _run_once(sandbox, job)


async def _run_once(sandbox: Sandbox, job: Job) -> tuple[str, str, Outcome]:
    printed = {"stdout": b"", "stderr": b""}
    async with aclosing(sandbox.run(job)) as items:
        async for item in items:
            if isinstance(item, Output):
                printed[item.stream] += item.data
            elif isinstance(item, Outcome):
                return printed["stdout"].decode(errors="replace"), printed["stderr"].decode(errors="replace"), item
    raise SandboxError("A run ended without an outcome.")


async def _name(api: DockerApi, image: str, candidate: str, labels: Mapping[str, str]) -> None:
    """Gives the tried candidate its labels and its name; adds no layer. The image that had the name before goes."""
    try:
        before = await api.image_id(image_name(image))
    except NoSuchObjectError:
        before = None
    context = _archive({"Dockerfile": f"FROM {image_name(candidate)}\n".encode()})
    async for _ in api.build(context, tag=image_name(image), labels=labels, arguments={}):
        pass
    await api.remove_image(image_name(candidate))
    if before is not None and before != await api.image_id(image_name(image)):
        await api.remove_image(before)


def _versions_job(languages: Mapping[str, Language]) -> Job:
    lines = [
        f"printf '%s\\t%s\\n' {language.id} \"$({shlex.join(language.version_argv)} 2>&1 | head -n 1)\""
        for language in languages.values()
    ]
    return Job("versions", {"versions.sh": "\n".join(lines).encode()}, "versions.sh")


def _parse_versions(printed: str) -> dict[str, str]:
    versions = {}
    for line in printed.splitlines():
        language, _, text = line.partition("\t")
        found = re.search(r"\d+(?:\.\d+)+", text)
        versions[language] = found.group() if found else text.strip()
    return versions


def _archive(contents: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in contents.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
