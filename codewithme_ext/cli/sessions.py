"""`jupyter codewithme sessions …`: the interviews."""

from datetime import timedelta

from traitlets import Integer

from ..config import CodeWithMe
from ..interview.accounts.actor import Actor
from ..services import Services
from .base import Command, Group


class PruneCommand(Command):
    """Delete interviews that ended more than --days ago, with everything in them; without --days, as retention_days says."""

    description = __doc__ or ""
    days = Integer(0, min=0, help="How long ago they must have ended.").tag(config=True)
    aliases = {**Command.aliases, "days": "PruneCommand.days"}

    def start(self) -> None:
        """Prune."""
        super().start()
        self.with_services(self._prune)

    async def _prune(self, services: Services) -> None:
        days = self.days or CodeWithMe(parent=self).retention_days
        if days == 0:
            self.refuse("Say how old: jupyter codewithme sessions prune --days=90, or set retention_days.")
        await services.schema.prepare()
        deleted = await services.sessions.prune(Actor.system(), ended_for=timedelta(days=days))
        self.say(f"Deleted {deleted} interviews that ended more than {days} days ago.")


class SessionsCommand(Group):
    """The interviews."""

    description = __doc__ or ""
    subcommand_description = "Written as `jupyter codewithme sessions prune`; add -h to learn more about one."
    subcommands = {"prune": (PruneCommand, "Delete interviews that ended long ago.")}
