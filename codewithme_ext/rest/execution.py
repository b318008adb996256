"""Running code and the languages it can be written in."""

from ..errors import FrozenError, SandboxUnavailableError
from ..interview.execution.schemas import ExecuteRequest, Execution, ExecutionPage, ExecutionsQuery, LanguageList
from .base import ApiHandler
from .contract import IN_A_SESSION, call


class ExecuteHandler(ApiHandler):
    """execute."""

    @call(raises=(*IN_A_SESSION, FrozenError, SandboxUnavailableError), takes_key=True)
    async def post(self, body: ExecuteRequest) -> Execution:
        """Run a program and answer with its result; everybody in the session sees it too."""
        return await self.services.execution.run(self.actor, body)


class ExecutionsHandler(ApiHandler):
    """sessions/:id/executions."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str, query: ExecutionsQuery) -> ExecutionPage:
        """The last runs, newest first."""
        return await self.services.execution.history(self.actor, session_id, query)


class LanguagesHandler(ApiHandler):
    """languages."""

    @call(is_open=True)
    async def get(self) -> LanguageList:
        """Every language, and whether it can be run now."""
        return await self.services.execution.languages()
