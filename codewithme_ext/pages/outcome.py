"""How it came out: where a person who is not in the interview reads why."""

from http import HTTPStatus

from jupyter_server.auth.decorator import allow_unauthenticated

from ..errors import NotFoundError
from .base import PageHandler


class OutcomePage(PageHandler):
    """Rejected, removed, ended or left, by the participant's state; the same generic page for everybody else."""

    @allow_unauthenticated
    async def get(self, session_id: str) -> None:
        """Whoever waits or is admitted is sent to where they belong."""
        if self.actor is None:
            self._not_yours()
            return
        try:
            door = await self.services.admission.door(self.actor, session_id)
        except NotFoundError:
            self._not_yours()
            return
        match door.state:
            case "admitted":
                self.redirect(self.interview(door.id))
            case "waiting":
                self.redirect(self.page("join", door.id))
            case _:
                self.show("outcome.html", door=door)

    def _not_yours(self) -> None:
        self.show("link_incomplete.html", HTTPStatus.NOT_FOUND)
