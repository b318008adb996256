"""Where a sandbox' containers come from and where they go: makes them, removes them, and finds those that got lost."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping

from . import orphans
from .container import Container
from .docker_api import DockerApi, NoSuchObjectError
from .image_names import image_name
from .job import EngineUnavailableError, SandboxError, Step
from .pool import Kind, Made

_SOURCE = "codewithme.source"
_MARK = "codewithme.mark"

log = logging.getLogger(__name__)


class ContainerSource:
    """Makes and removes the containers of one sandbox.

    Each has a label with a mark that is noted here before the engine hears of it. When the engine goes away in the
    middle of a call nobody knows what it still did; once it answers again, containers with a mark that is not noted
    any more are removed, together with those of dead servers. ``warm`` has the interpreters that wait, by language.
    """

    def __init__(self, api: DockerApi, warm: Mapping[str, Step]) -> None:
        self._api = api
        self._warm = warm
        self._name = secrets.token_hex(6)
        self._marks: set[str] = set()
        self._marked: dict[Container, str] = {}
        self._is_reaped = False
        self._reaping: asyncio.Task[None] | None = None

    async def make(self, kind: Kind) -> Made:
        """A container that waits for a job of that kind. Raises ``NoSuchObjectError`` if there is no such image."""
        mark = secrets.token_hex(6)
        self._marks.add(mark)
        try:
            image_id = await self._api.image_id(image_name(kind.image))
            labels = {**orphans.labels("run"), _SOURCE: self._name, _MARK: mark}
            container = await Container.start(self._api, kind.policy, image=image_id, labels=labels)
            try:
                if kind.warm is not None:
                    await container.prepare(self._warm[kind.warm])
            except BaseException:
                await container.remove()
                raise
        except BaseException as error:
            self._marks.discard(mark)
            if not isinstance(error, SandboxError) or isinstance(error, EngineUnavailableError):
                self._is_reaped = False
            raise
        self._marked[container] = mark
        if not self._is_reaped and (self._reaping is None or self._reaping.done()):
            self._reaping = asyncio.create_task(self.reap())
        return Made(container, image_id)

    async def remove(self, container: Container) -> None:
        """Removes it as well as the engine lets; raises nothing."""
        try:
            await container.remove()
        except EngineUnavailableError:
            self._is_reaped = False  # its containers ended with it, and AutoRemove or the next search clears them away
        except SandboxError as error:
            self._is_reaped = False
            log.warning("Sandbox: a container could not be removed: %s", error.message)
        finally:
            self._marks.discard(self._marked.pop(container, ""))

    async def image_id(self, image: str) -> str | None:
        try:
            return await self._api.image_id(image_name(image))
        except NoSuchObjectError:
            return None

    async def reap(self) -> None:
        """Removes what dead servers, and calls that were cut off, left at the engine; later if it is away."""
        try:
            await self._api.ping()
            self._is_reaped = True
            count = await orphans.reap(self._api) + await self._reap_lost()
        except SandboxError as error:
            self._is_reaped = False
            log.warning("Sandbox: %s", error.message)
            return
        if count:
            log.info("Sandbox: removed %d containers that a stopped server or engine had left.", count)

    async def stop(self) -> None:
        """To be called when every container was removed; looks once more if that is not certain."""
        if self._reaping is not None:
            await self._reaping
        if not self._is_reaped:
            await self.reap()

    async def _reap_lost(self) -> int:
        there = await self._api.containers(f"{_SOURCE}={self._name}")
        lost = [container for container, labels in there if labels.get(_MARK) not in self._marks]
        for container in lost:
            await self._api.remove(container)
        return len(lost)
