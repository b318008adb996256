"""`jupyter codewithme sandbox …`: the images that people's code runs in."""

import asyncio
from collections.abc import Awaitable, Callable

from traitlets import Bool

from codewithme_sandbox.commands import Commands
from codewithme_sandbox.job import SandboxError
from codewithme_sandbox.pool import PoolSize
from codewithme_sandbox.sandbox import SandboxSettings

from ..config import CodeWithMe
from .base import Command, Group


class ImagesCommand(Command):
    """Works on the images at the engine that the server would use; ends with status 1 if something did not go well."""

    def with_images(self, work: Callable[[Commands], Awaitable[bool]]) -> None:
        """Run `work`; an error a person can act on ends with its sentence."""
        settings = CodeWithMe(parent=self)
        sandbox = SandboxSettings(
            docker_host=settings.docker_host or None,
            timeout_s=settings.execution_timeout_s,
            memory_mib=settings.execution_memory_mib,
            pool=PoolSize.none(),
        )

        async def worked() -> bool:
            return await work(Commands(sandbox, lambda line: print(line, flush=True)))

        try:
            is_well = asyncio.run(worked())
        except SandboxError as error:
            self.refuse(error.message)
            return
        if not is_well:
            self.exit(1)


class BuildCommand(ImagesCommand):
    """Build the images of the languages given, or of `all`; without any, the core image. Skips what is up to date."""

    description = __doc__ or ""
    is_forced = Bool(False, help="Build also what is up to date.").tag(config=True)
    keeps_stages = Bool(False, help="Make the next build quicker; takes disk space.").tag(config=True)
    flags = {
        "force": ({"BuildCommand": {"is_forced": True}}, "Build also what is up to date."),
        "keep-stages": ({"BuildCommand": {"keeps_stages": True}}, "Make the next build quicker; takes disk space."),
    }

    def start(self) -> None:
        """Build."""
        super().start()
        self.with_images(
            lambda commands: commands.build(self.extra_args, is_forced=self.is_forced, keeps_stages=self.keeps_stages)
        )


class ListCommand(ImagesCommand):
    """List the images and their languages."""

    description = __doc__ or ""

    def start(self) -> None:
        """List."""
        super().start()
        self.with_images(lambda commands: commands.list())


class CheckCommand(ImagesCommand):
    """Run the hello of the languages given in the real sandbox; without any, of all whose image is there."""

    description = __doc__ or ""

    def start(self) -> None:
        """Check."""
        super().start()
        self.with_images(lambda commands: commands.check(self.extra_args))


class PruneCommand(ImagesCommand):
    """Remove what builds left, and images that no language needs any more; waits for the end of a build."""

    description = __doc__ or ""

    def start(self) -> None:
        """Prune."""
        super().start()
        self.with_images(lambda commands: commands.prune())


class SandboxCommand(Group):
    """The images that people's code runs in."""

    description = __doc__ or ""
    subcommand_description = "Written as `jupyter codewithme sandbox build`; add -h to learn more about one."
    subcommands = {
        "build": (BuildCommand, "Build the images of languages, or of `all`."),
        "list": (ListCommand, "List the images and their languages."),
        "check": (CheckCommand, "Run each language's hello in the real sandbox."),
        "prune": (PruneCommand, "Remove what builds left."),
    }
