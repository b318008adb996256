"""Interviews: list, create, read, change, end, delete; their activity."""

from http import HTTPStatus

from tornado.web import authenticated

from ..errors import FieldProblem, InvalidInputError
from ..interview.sessions.models import SessionStatus
from ..interview.sessions.schemas import FreezeWish, SessionChanges, SessionCreation
from ..interview.wire import Shape
from .base import ApiHandler

LAST_SEQUENCE = 2**53


class SessionsHandler(ApiHandler):
    """GET and POST sessions."""

    @authenticated
    async def get(self) -> None:
        """My sessions, newest first, in pages."""
        page = await self.services.sessions.mine(
            self.actor, status=self._status(), limit=self.limit(), after=self.get_query_argument("after", None)
        )
        self.answer(page)

    @authenticated
    async def post(self) -> None:
        """A new session."""
        session = await self.services.sessions.create(self.actor, self.shape(SessionCreation))
        self.answer({"session": session.model_dump(mode="json")}, HTTPStatus.CREATED)

    def _status(self) -> SessionStatus | None:
        status = self.get_query_argument("status", None)
        try:
            return None if status is None else SessionStatus(status)
        except ValueError as error:
            known = ", ".join(SessionStatus)
            problem = FieldProblem("status", f"must be one of {known}")
            raise InvalidInputError(f"status must be one of {known}.", [problem]) from error


class SessionHandler(ApiHandler):
    """GET, PATCH and DELETE sessions/:id."""

    @authenticated
    async def get(self, session_id: str) -> None:
        """One session, for those inside."""
        session = await self.services.sessions.get(self.actor, session_id)
        self.answer({"session": session.model_dump(mode="json")})

    @authenticated
    async def patch(self, session_id: str) -> None:
        """Change its settings (host)."""
        session = await self.services.sessions.update(self.actor, session_id, self.shape(SessionChanges))
        self.answer({"session": session.model_dump(mode="json")})

    @authenticated
    async def delete(self, session_id: str) -> None:
        """Delete it and everything in it (host)."""
        await self.services.sessions.delete(self.actor, session_id)
        self.answer_nothing()


class EndHandler(ApiHandler):
    """POST sessions/:id/end."""

    @authenticated
    async def post(self, session_id: str) -> None:
        """End it for everyone (host)."""
        self.shape(Shape)
        session = await self.services.sessions.end(self.actor, session_id)
        self.answer({"session": session.model_dump(mode="json")})


class FreezeHandler(ApiHandler):
    """POST sessions/:id/freeze."""

    @authenticated
    async def post(self, session_id: str) -> None:
        """Let candidates and observers only read (host, interviewers)."""
        session = await self.services.sessions.freeze(self.actor, session_id, self.shape(FreezeWish))
        self.answer({"session": session.model_dump(mode="json")})


class UnfreezeHandler(ApiHandler):
    """POST sessions/:id/unfreeze."""

    @authenticated
    async def post(self, session_id: str) -> None:
        """Let everybody write and run again (host, interviewers)."""
        self.shape(Shape)
        session = await self.services.sessions.unfreeze(self.actor, session_id)
        self.answer({"session": session.model_dump(mode="json")})


class ActivityHandler(ApiHandler):
    """GET sessions/:id/activity."""

    @authenticated
    async def get(self, session_id: str) -> None:
        """What happened, in order."""
        after = self.number("after", 0, lowest=0, highest=LAST_SEQUENCE) or 0
        self.answer(
            await self.services.sessions.activity(
                self.actor, session_id, after=after, limit=self.limit(default=100, highest=500)
            )
        )
