"""`jupyter codewithme db …`: the database's tables."""

from pathlib import Path

from traitlets import Bool

from ..services import Services
from .base import Command, Group


class UpgradeCommand(Command):
    """Bring the tables up to date; a database that is empty gets them all."""

    description = __doc__ or ""

    def start(self) -> None:
        """Upgrade."""
        super().start()
        self.with_services(self._upgrade)

    async def _upgrade(self, services: Services) -> None:
        kept = await services.schema.upgrade()
        self.say("The database is up to date." + _where_kept(kept))


class DowngradeCommand(Command):
    """Take the last change of the tables back. Stop the server first."""

    description = __doc__ or ""

    def start(self) -> None:
        """Take one step back."""
        super().start()
        self.with_services(self._downgrade)

    async def _downgrade(self, services: Services) -> None:
        kept = await services.schema.downgrade()
        self.say("The last change of the tables was taken back." + _where_kept(kept))


class ResetCommand(Command):
    """Delete all data and make the tables anew. Needs --yes."""

    description = __doc__ or ""
    is_confirmed = Bool(False, help="Really delete everything.").tag(config=True)
    flags = {"yes": ({"ResetCommand": {"is_confirmed": True}}, "Really delete all interviews, people and results.")}

    def start(self) -> None:
        """Empty the database."""
        super().start()
        if not self.is_confirmed:
            self.refuse("This deletes all interviews, people and results. Add --yes if that is what you want.")
        self.with_services(self._reset)

    async def _reset(self, services: Services) -> None:
        await services.schema.reset()
        self.say("The database is empty.")


class DatabaseCommand(Group):
    """The database's tables."""

    description = __doc__ or ""
    subcommand_description = "Written as `jupyter codewithme db upgrade`; add -h to learn more about one."
    subcommands = {
        "upgrade": (UpgradeCommand, "Bring the tables up to date."),
        "downgrade": (DowngradeCommand, "Take the last change of the tables back."),
        "reset": (ResetCommand, "Delete all data and make the tables anew."),
    }


def _where_kept(kept: Path | None) -> str:
    return f" As it was before, it is kept in {kept}." if kept else ""
