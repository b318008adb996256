"""What every subcommand shares: the server's own settings, services of its own, errors as sentences."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from jupyter_core.application import JupyterApp

from ..app import CodeWithMeApp, service_settings
from ..config import CodeWithMe
from ..errors import CodeWithMeError
from ..services import Services, build_services


class Command(JupyterApp):
    """A subcommand that works on the server's data; it reads the same configuration files as the server."""

    classes = [CodeWithMe]
    aliases = {name: target for name, target in CodeWithMeApp.aliases.items() if target.startswith("CodeWithMe.")}

    @property
    def config_file_name_of_server(self) -> str:
        """The server's configuration file, which holds our settings too."""
        return "jupyter_server_config"

    def load_config_file(self, suppress_errors: bool = True) -> None:  # type: ignore[override]
        """Read the server's configuration files."""
        self.config_file_name = self.config_file_name_of_server
        super().load_config_file(suppress_errors)

    def with_services(self, work: Callable[[Services], Awaitable[None]]) -> None:
        """Run `work` on services that are closed afterwards; an error a person can act on ends with its sentence."""
        try:
            asyncio.run(self._with_services(work))
        except CodeWithMeError as error:
            self.refuse(error.message)

    def refuse(self, sentence: str) -> None:
        """Say what is wrong and end with status 1."""
        print(sentence, file=sys.stderr)
        self.exit(1)

    def say(self, sentence: str) -> None:
        """Tell the person at the terminal."""
        print(sentence)

    async def _with_services(self, work: Callable[[Services], Awaitable[None]]) -> None:
        settings = service_settings(CodeWithMe(parent=self), owner_token="", ip="127.0.0.1")
        services = build_services(settings)
        try:
            await work(services)
        finally:
            await services.disconnect()


class Group(JupyterApp):
    """A word that only groups subcommands, such as `db`."""

    def start(self) -> None:
        """Run the subcommand, or say which there are."""
        super().start()
        if self.subapp is None:
            self.print_subcommands()
            self.exit(2)
