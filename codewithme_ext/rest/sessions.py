"""Interviews: list, create, read, change, end, delete; their activity."""

from http import HTTPStatus

from ..errors import InvalidTransitionError
from ..interview.sessions.schemas import (
    ActivityPage,
    ActivityQuery,
    FreezeWish,
    SessionAnswer,
    SessionChanges,
    SessionCreation,
    SessionPage,
    SessionsQuery,
)
from .base import ApiHandler
from .contract import IN_A_SESSION, call


class SessionsHandler(ApiHandler):
    """sessions."""

    @call()
    async def get(self, query: SessionsQuery) -> SessionPage:
        """My sessions, newest first, in pages."""
        return await self.services.sessions.mine(self.actor, query)

    @call(status=HTTPStatus.CREATED, takes_key=True)
    async def post(self, body: SessionCreation) -> SessionAnswer:
        """A new session."""
        return SessionAnswer(session=await self.services.sessions.create(self.actor, body))


class SessionHandler(ApiHandler):
    """sessions/:id."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str) -> SessionAnswer:
        """One session, for those inside."""
        return SessionAnswer(session=await self.services.sessions.get(self.actor, session_id))

    @call(raises=(*IN_A_SESSION, InvalidTransitionError), is_conditional=True)
    async def patch(self, session_id: str, body: SessionChanges) -> SessionAnswer:
        """Change its settings (host)."""
        session = await self.services.sessions.update(self.actor, session_id, body, if_version=self.if_match)
        return SessionAnswer(session=session)

    @call(raises=IN_A_SESSION, is_conditional=True)
    async def delete(self, session_id: str) -> None:
        """Delete it and everything in it (host)."""
        await self.services.sessions.delete(self.actor, session_id, if_version=self.if_match)


class EndHandler(ApiHandler):
    """sessions/:id/end."""

    @call(raises=(*IN_A_SESSION, InvalidTransitionError), is_conditional=True)
    async def post(self, session_id: str) -> SessionAnswer:
        """End it for everyone (host)."""
        session = await self.services.sessions.end(self.actor, session_id, if_version=self.if_match)
        return SessionAnswer(session=session)


class FreezeHandler(ApiHandler):
    """sessions/:id/freeze."""

    @call(raises=(*IN_A_SESSION, InvalidTransitionError))
    async def post(self, session_id: str, body: FreezeWish) -> SessionAnswer:
        """Let candidates and observers only read (host, interviewers)."""
        return SessionAnswer(session=await self.services.sessions.freeze(self.actor, session_id, body))


class UnfreezeHandler(ApiHandler):
    """sessions/:id/unfreeze."""

    @call(raises=(*IN_A_SESSION, InvalidTransitionError))
    async def post(self, session_id: str) -> SessionAnswer:
        """Let everybody write and run again (host, interviewers)."""
        return SessionAnswer(session=await self.services.sessions.unfreeze(self.actor, session_id))


class ActivityHandler(ApiHandler):
    """sessions/:id/activity."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str, query: ActivityQuery) -> ActivityPage:
        """What happened, in order: after a sequence, or the last before one."""
        return await self.services.sessions.activity(
            self.actor, session_id, after=query.after, before=query.before, limit=query.limit
        )
