"""`jupyter codewithme users …`: the people who have an account."""

import os

from traitlets import Bool, Unicode

from ..config import CodeWithMe
from ..errors import InvalidInputError
from ..interview.accounts.actor import Actor
from ..interview.accounts.models import UserRole
from ..interview.accounts.schemas import Addition
from ..interview.wire import parse
from ..services import Services
from .base import Command, Group

PASSWORD_VARIABLE = "CODEWITHME_NEW_PASSWORD"  # noqa: S105 (the name of a variable, not a password)


class LinkingCommand(Command):
    """A command that prints a sign-in link."""

    url = Unicode("", help="Address under which people reach this server. Default: http://localhost and the port.").tag(
        config=True
    )
    aliases = {**Command.aliases, "url": "LinkingCommand.url"}

    async def say_link(self, services: Services, email: str) -> None:
        """Print a new link for somebody; it works once."""
        link = await services.accounts.sign_in_link(Actor.system(), email)
        server = self.url or f"http://localhost:{CodeWithMe(parent=self).port}/"
        self.say("Send them this link to set their password. It works once, until " + f"{link.expires_at:%d %B}:")
        self.say(f"{server.rstrip('/')}/{link.path}")


class AddCommand(LinkingCommand):
    """Make an account and print a link by which its person sets the password.

    With CODEWITHME_NEW_PASSWORD set, that is the password and there is no link. Never put one on the command line.
    """

    description = __doc__ or ""
    person_name = Unicode("", help="The name that others see.").tag(config=True)
    email = Unicode("", help="The address to log in with.").tag(config=True)
    is_admin = Bool(False, help="Whether all of Jupyter is open to them.").tag(config=True)
    aliases = {
        **LinkingCommand.aliases,
        "name": "AddCommand.person_name",
        "email": "AddCommand.email",
    }
    flags = {"admin": ({"AddCommand": {"is_admin": True}}, "Give them all of Jupyter, as the server's owner has it.")}

    def start(self) -> None:
        """Add somebody."""
        super().start()
        if not self.person_name or not self.email:
            self.refuse('Say who: jupyter codewithme users add --name "Maya" --email maya@company.example')
        self.with_services(self._add)

    async def _add(self, services: Services) -> None:
        password = os.environ.get(PASSWORD_VARIABLE)
        try:
            wish = parse(Addition, {"name": self.person_name, "email": self.email, "password": password})
        except InvalidInputError as error:
            self.refuse("\n".join(f"{problem.field}: {problem.message}" for problem in error.problems))
            return
        await services.schema.prepare()
        role = UserRole.ADMIN if self.is_admin else UserRole.USER
        user = await services.accounts.add(Actor.system(), wish, role)
        self.say(f"Added {user.name} <{user.email}> ({user.role}).")
        if password is None:
            await self.say_link(services, wish.email)


class LinkCommand(LinkingCommand):
    """Print a new link by which somebody sets their password; earlier links stop working, and log-ins end once it is used."""

    description = __doc__ or ""
    email = Unicode("", help="The address of their account.").tag(config=True)
    aliases = {**LinkingCommand.aliases, "email": "LinkCommand.email"}

    def start(self) -> None:
        """Make the link."""
        super().start()
        if not self.email:
            self.refuse("Say for whom: jupyter codewithme users link --email maya@company.example")
        self.with_services(self._link)

    async def _link(self, services: Services) -> None:
        await services.schema.prepare()
        await self.say_link(services, self.email)


class ListCommand(Command):
    """List everybody who has an account."""

    description = __doc__ or ""

    def start(self) -> None:
        """List."""
        super().start()
        self.with_services(self._list)

    async def _list(self, services: Services) -> None:
        await services.schema.prepare()
        users = await services.accounts.accounts(Actor.system())
        for user in users:
            self.say(f"{user.role:5}  {user.email or '(owner of the server)':32}  {user.name}")
        if not users:
            self.say("Nobody has an account yet. Add somebody: jupyter codewithme users add --name … --email …")


class ExportCommand(Command):
    """Print everything that is kept of a person, as JSON. Say who by email address or id."""

    description = __doc__ or ""

    def start(self) -> None:
        """Export."""
        super().start()
        self.with_services(self._export)

    async def _export(self, services: Services) -> None:
        await services.schema.prepare()
        user_id = await services.privacy.find(Actor.system(), _who(self))
        self.say((await services.privacy.export(Actor.system(), user_id)).model_dump_json(indent=2))


class EraseCommand(Command):
    """Take a person out of everything: their interviews, their runs, their words and their name. Needs --yes."""

    description = __doc__ or ""
    is_confirmed = Bool(False, help="Really erase them.").tag(config=True)
    flags = {
        "yes": ({"EraseCommand": {"is_confirmed": True}}, "Really delete their interviews and take out their name.")
    }

    def start(self) -> None:
        """Erase."""
        super().start()
        if not self.is_confirmed:
            self.refuse(
                "This deletes their interviews and takes them out of all others. Add --yes if that is what you want."
            )
        self.with_services(self._erase)

    async def _erase(self, services: Services) -> None:
        await services.schema.prepare()
        user_id = await services.privacy.find(Actor.system(), _who(self))
        await services.privacy.erase(Actor.system(), user_id)
        self.say("Erased. A running server closes their connections within a minute.")


def _who(command: Command) -> str:
    if len(command.extra_args) != 1:
        command.refuse("Say who, by email address or id: jupyter codewithme users export maya@company.example")
    return str(command.extra_args[0])


class UsersCommand(Group):
    """The people who have an account."""

    description = __doc__ or ""
    subcommand_description = "Written as `jupyter codewithme users add`; add -h to learn more about one."
    subcommands = {
        "add": (AddCommand, "Make an account."),
        "link": (LinkCommand, "Make a link by which somebody sets their password."),
        "list": (ListCommand, "List everybody who has an account."),
        "export": (ExportCommand, "Print everything that is kept of a person."),
        "erase": (EraseCommand, "Take a person out of everything."),
    }
