"""Builds the sandbox's images: base, toolchains, then each language tried once in the real sandbox, and only then named."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
import shlex
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable

from . import base_image, build_host
from .base_image import Progress
from .docker_api import DockerApi, NoSuchObjectError
from .image_names import CONTENT_LABEL, STAGE_LABEL, VERSIONS_LABEL, image_name
from .job import EngineUnavailableError, Job, Language, Outcome, Output, SandboxError, Step
from .languages import all_languages
from .sandbox import Sandbox, SandboxSettings

IMAGES = ("core",)

_PAUSES_S = (1.0, 5.0, 10.0)


async def build(
    image: str,
    settings: SandboxSettings,
    progress: Progress,
    *,
    is_forced: bool = False,
    keeps_stages: bool = False,
) -> bool:
    """Builds one image; returns False if the one that is there is up to date already.

    ``keeps_stages`` leaves the builder stages, which hold this machine's certificates, at the engine: the next build
    is then quicker.

    Raises ``SandboxError`` with the last lines of the build when it fails; the old image, if any, is then still there.
    """
    if image not in IMAGES:
        raise SandboxError(f"There is no image {image!r}. There is: {', '.join(IMAGES)}.", "unknown_image")
    api = DockerApi(settings.docker_host)
    try:
        await api.ping()
        content = content_hash(image)
        if not is_forced and await is_current(api, image):
            progress(f"Image {image}: up to date")
            return False
        began = time.monotonic()
        await base_image.ensure(api, progress)
        candidate = f"{image}:candidate"
        await _build(api, image, candidate, progress)
        versions = await _try_out(image, candidate, settings, progress)
        await _name(api, image, candidate, {CONTENT_LABEL: content, VERSIONS_LABEL: json.dumps(versions)})
        if not keeps_stages:
            progress(f"Image {image}: removing what only the build needed")
            await api.remove_untagged(STAGE_LABEL)
        progress(f"Image {image}: ready after {time.monotonic() - began:.0f} s")
        return True
    finally:
        await api.close()


async def is_current(api: DockerApi, image: str) -> bool:
    """Whether the image was built from exactly the files of this version."""
    try:
        return (await api.image_labels(image_name(image))).get(CONTENT_LABEL) == content_hash(image)
    except NoSuchObjectError:
        return False


def content_hash(image: str) -> str:
    """Changes with everything that goes into the image; the machine that builds does not matter."""
    digest = hashlib.sha256()
    for name, content in sorted(_sources(image).items()):
        digest.update(f"{name} {len(content)}\n".encode() + content)
    for language in _languages_of(image).values():
        digest.update(repr((language.id, language.version_argv)).encode())
    return digest.hexdigest()


def _sources(image: str) -> dict[str, bytes]:
    """The build context as far as it is ours, by name."""
    package = files(__package__)
    folder = package.joinpath("images")
    shared = {item.name: item.read_bytes() for item in folder.iterdir() if item.is_file()}
    own = dict(_walk(folder.joinpath(image), ""))
    return {**shared, "supervisor.c": package.joinpath("supervisor", "supervisor.c").read_bytes(), **own}


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.name == "__pycache__":
            continue  # made by whatever installed us
        if item.is_dir():
            yield from _walk(item, f"{prefix}{item.name}/")
        else:
            yield f"{prefix}{item.name}", item.read_bytes()


async def _build(api: DockerApi, image: str, candidate: str, progress: Progress) -> None:
    host = {f"host/{name}": content for name, content in build_host.context_files().items()}
    context = _archive({**_sources(image), **host})
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
    languages = {key: replace(language, image=candidate) for key, language in _languages_of(image).items()}
    versions_job = _versions_job(languages)
    probe = replace(
        next(iter(languages.values())), id="versions", compile=None, warm=None, run=Step(("/usr/bin/bash", "{entry}"))
    )
    sandbox = Sandbox(settings, languages={**languages, "versions": probe})
    try:
        printed, _, _ = await _run(sandbox, versions_job)
        versions = _parse_versions(printed)
        for language in languages.values():
            await _greet(sandbox, language)
            progress(f"Image {image}: {language.name} {versions.get(language.id, '')} works")
        return versions
    finally:
        await sandbox.stop()


async def _greet(sandbox: Sandbox, language: Language) -> None:
    job = Job(language.id, {language.file_name: language.hello.encode()}, language.file_name)
    output, error, outcome = await _run(sandbox, job)
    if outcome.exit_code != 0 or outcome.limit is not None:
        raise SandboxError(
            f"{language.name} does not work in the new image: {outcome} {output!r} {error!r}", "build_failed"
        )


async def _run(sandbox: Sandbox, job: Job) -> tuple[str, str, Outcome]:
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


def _languages_of(image: str) -> dict[str, Language]:
    return {key: language for key, language in all_languages().items() if language.image == image}


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
