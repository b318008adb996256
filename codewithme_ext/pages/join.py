"""The page behind an invitation: who invites, what is recorded, then the waiting room."""

from http import HTTPStatus

from jupyter_server.auth.decorator import allow_unauthenticated

from ..errors import GoneError, NotFoundError
from .base import PageHandler


class JoinPage(PageHandler):
    """Shows of the session who hosts it, and nothing else, until its host has admitted somebody."""

    @allow_unauthenticated
    async def get(self, session_id: str) -> None:
        """The form, the waiting room, or on to the interview, by where the person stands at the door."""
        if await self._is_at_the_door(session_id):
            return
        code = self.get_query_argument("code", "")
        try:
            invitation = await self.services.admission.preview(session_id, code)
        except GoneError:
            self.show("link_expired.html", HTTPStatus.GONE)
        except NotFoundError:
            self._without_invitation(session_id)
        else:
            self.show(
                "join.html",
                session_id=invitation.session_id,
                host_name=invitation.host_name,
                has_password=invitation.has_password,
                view="form",
            )

    async def _is_at_the_door(self, session_id: str) -> bool:
        """Answers whoever is known to this session already; those who left may ask again."""
        if self.actor is None:
            return False
        try:
            door = await self.services.admission.door(self.actor, session_id)
        except NotFoundError:
            return False
        match door.state:
            case "admitted" if door.role == "host":
                self.show("own_invitation.html", interview=self.interview(door.id))
            case "admitted":
                self.redirect(self.interview(door.id))
            case "waiting":
                self.show(
                    "join.html",
                    session_id=door.id,
                    host_name=door.host_name,
                    has_password=False,
                    view="waiting",
                )
            case "left":
                return False
            case _:
                self.redirect(self.page("outcome", door.id))
        return True

    def _without_invitation(self, session_id: str) -> None:
        """Accounts may try any id, as on the dashboard. Everybody else cannot tell which ids exist."""
        if self.actor is None or self.actor.is_guest:
            self.show("link_incomplete.html", HTTPStatus.NOT_FOUND)
            return
        self.show("join.html", session_id=session_id, host_name=None, has_password=None, view="form")
