"""What both command lines, ours and the server's, do with images: build, list, check and prune them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from .base_image import Progress
from .build_lock import alone
from .builder import UpstreamMissingError, build, greeting, is_current, run_to_end, told
from .docker_api import DockerApi, NoSuchObjectError
from .image_names import CONTENT_LABEL, NAMESPACE, STAGE_LABEL, image_name
from .job import ImageMissingError, Language
from .recipes import ALL, CORE, image_names, images_for, languages_for, languages_of
from .sandbox import Sandbox, SandboxSettings


@dataclass(frozen=True)
class Commands:
    """The commands, for one engine. ``say`` gets a line at a time. Words are languages, images, or ``all``.

    Each returns whether all went well, and raises ``SandboxError`` for a word it does not know or an engine that is away.
    """

    settings: SandboxSettings
    say: Progress

    async def build(self, words: Sequence[str], *, is_forced: bool = False, keeps_stages: bool = False) -> bool:
        """Builds what is missing or out of date; the core image if no word is given.

        Of ``all``, images that somebody has to fetch something for by hand are passed over, saying so.
        """
        is_well = True
        for image in images_for(words or [CORE]):
            try:
                await build(image, self.settings, self.say, is_forced=is_forced, keeps_stages=keeps_stages)
            except UpstreamMissingError as error:
                self.say(error.message)
                is_well = is_well and ALL in words
        return is_well

    async def list(self) -> bool:
        """The images with their size, and under each its languages."""
        async with self._engine() as (api, sandbox):
            listed = {language.id: (language, reason) for language, _, reason in await sandbox.languages()}
            for image in image_names():
                self.say(await _described(api, image))
                for language, reason in (listed[language_id] for language_id in languages_of(image)):
                    self.say(f"  {language.name:<12} {reason or language.version}")
        return True

    async def check(self, words: Sequence[str]) -> bool:
        """Runs the hello of each language in the real sandbox; without a word, of all whose image is there."""
        is_well = True
        async with self._engine() as (_, sandbox):
            for language in languages_for(words or [ALL]):
                try:
                    is_well = await self._greets(sandbox, language) and is_well
                except ImageMissingError as error:
                    self.say(f"-   {language.name:<12} {error.message}")
                    is_well = is_well and not words
        return is_well

    async def prune(self) -> bool:
        """Removes what builds left at the engine and images that no language needs any more; waits for a build's end."""
        async with self._engine() as (api, _), alone(self.say):
            needed = {image_name(image) for image in image_names()} | {image_name("base")}
            for name in sorted((await api.images(f"{NAMESPACE}/*")).keys() - needed):
                await api.remove_image(name)
                self.say(f"Removed {name}")
            freed = sum([await api.remove_untagged(label) for label in (STAGE_LABEL, CONTENT_LABEL)])
            self.say(f"Freed {freed / 1e6:.0f} MB of what has no name any more")
        return True

    async def _greets(self, sandbox: Sandbox, language: Language) -> bool:
        _, errors, outcome = await run_to_end(sandbox, greeting(language))
        is_well = outcome.exit_code == 0 and outcome.limit is None
        self.say(f"{'ok' if is_well else 'NO':<3} {language.name:<12} {told(outcome)}")
        if not is_well:
            self.say(f"    {outcome.limit or outcome.signal or f'exit {outcome.exit_code}'}\n{errors}".rstrip())
        return is_well

    @asynccontextmanager
    async def _engine(self) -> AsyncIterator[tuple[DockerApi, Sandbox]]:
        api, sandbox = DockerApi(self.settings.docker_host), Sandbox(self.settings)
        try:
            await api.ping()
            yield api, sandbox
        finally:
            await sandbox.stop()
            await api.close()


async def _described(api: DockerApi, image: str) -> str:
    try:
        size = await api.image_size(image_name(image))
    except NoSuchObjectError:
        return f"Image {image}: not built"
    state = "up to date" if await is_current(api, image) else "out of date"
    return f"Image {image}: {state}, {size / 1e6:.0f} MB"
