"""`jupyter codewithme users …`: the people who have an account."""

import getpass
import os
import sys

from traitlets import Bool, Unicode

from ..errors import InvalidInputError
from ..interview.accounts.actor import Actor
from ..interview.accounts.models import UserRole
from ..interview.accounts.schemas import Registration
from ..interview.wire import parse
from ..services import Services
from .base import Command, Group

PASSWORD_VARIABLE = "CODEWITHME_NEW_PASSWORD"  # noqa: S105 (the name of a variable, not a password)


class AddCommand(Command):
    """Make an account. The password is asked for, or read from CODEWITHME_NEW_PASSWORD; never from the command line."""

    description = __doc__ or ""
    person_name = Unicode("", help="The name that others see.").tag(config=True)
    email = Unicode("", help="The address to log in with.").tag(config=True)
    is_admin = Bool(False, help="Whether all of Jupyter is open to them.").tag(config=True)
    aliases = {
        **Command.aliases,
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
        try:
            wish = parse(
                Registration, {"name": self.person_name, "email": self.email, "password": self._new_password()}
            )
        except InvalidInputError as error:
            self.refuse("\n".join(f"{problem.field}: {problem.message}" for problem in error.problems))
            return
        await services.schema.prepare()
        role = UserRole.ADMIN if self.is_admin else UserRole.USER
        user = await services.accounts.add(Actor.system(), wish, role)
        self.say(f"Added {user.name} <{user.email}> ({user.role}).")

    def _new_password(self) -> str:
        given = os.environ.get(PASSWORD_VARIABLE)
        if given is not None:
            return given
        if not sys.stdin.isatty():
            self.refuse(f"There is no terminal to ask for a password. Set {PASSWORD_VARIABLE}.")
        password = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != password:
            self.refuse("The two passwords differ. Nothing was added.")
        return password


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


class UsersCommand(Group):
    """The people who have an account."""

    description = __doc__ or ""
    subcommands = {
        "add": (AddCommand, "Make an account."),
        "list": (ListCommand, "List everybody who has an account."),
    }
