"""Running code and the languages it can be written in."""

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import authenticated

from ..interview.execution.schemas import ExecuteRequest
from .base import ApiHandler


class ExecuteHandler(ApiHandler):
    """POST execute."""

    @authenticated
    async def post(self) -> None:
        """Run a program and answer with its result; everybody in the session sees it too."""
        self.answer(await self.services.execution.run(self.actor, self.shape(ExecuteRequest)))


class ExecutionsHandler(ApiHandler):
    """GET sessions/:id/executions."""

    @authenticated
    async def get(self, session_id: str) -> None:
        """The last runs, newest first."""
        self.answer(
            await self.services.execution.history(self.actor, session_id, limit=self.limit(default=20, highest=100))
        )


class LanguagesHandler(ApiHandler):
    """GET languages."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Every language, and whether it can be run now."""
        self.answer(await self.services.execution.languages())
