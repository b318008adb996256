"""Questions with tests, what was handed in, and scores."""

from http import HTTPStatus

from ..errors import FrozenError, LimitReachedError, SandboxUnavailableError
from ..interview.assessment.schemas import (
    QuestionAnswer,
    QuestionChanges,
    QuestionCreation,
    QuestionList,
    ResultAnswer,
    ResultCreation,
    ResultPage,
    ResultsQuery,
    ScoreChanges,
)
from .base import ApiHandler
from .contract import IN_A_SESSION, call


class QuestionsHandler(ApiHandler):
    """sessions/:id/questions."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str) -> QuestionList:
        """All questions; those who do not score see neither hidden tests nor notes."""
        return QuestionList(questions=await self.services.assessment.questions(self.actor, session_id))

    @call(status=HTTPStatus.CREATED, raises=(*IN_A_SESSION, LimitReachedError), takes_key=True)
    async def post(self, session_id: str, body: QuestionCreation) -> QuestionAnswer:
        """Ask something (host, interviewer)."""
        return QuestionAnswer(question=await self.services.assessment.ask(self.actor, session_id, body))


class QuestionHandler(ApiHandler):
    """sessions/:id/questions/:id."""

    @call(raises=IN_A_SESSION)
    async def patch(self, session_id: str, question_id: str, body: QuestionChanges) -> QuestionAnswer:
        """Change a question (host, interviewer); results keep what its tests were."""
        question = await self.services.assessment.change(self.actor, session_id, question_id, body)
        return QuestionAnswer(question=question)

    @call(raises=IN_A_SESSION)
    async def delete(self, session_id: str, question_id: str) -> None:
        """Take a question back, and its results with it (host, interviewer)."""
        await self.services.assessment.delete(self.actor, session_id, question_id)


class HandInHandler(ApiHandler):
    """sessions/:id/questions/:id/results."""

    @call(
        status=HTTPStatus.CREATED,
        raises=(*IN_A_SESSION, FrozenError, SandboxUnavailableError),
        takes_key=True,
    )
    async def post(self, session_id: str, question_id: str, body: ResultCreation) -> ResultAnswer:
        """Hand a program in: it is run with every test, and what came of it is kept.

        Those who do not score are told what came of the visible tests.
        """
        result = await self.services.assessment.hand_in(self.actor, session_id, question_id, body)
        return ResultAnswer(result=result)


class ResultsHandler(ApiHandler):
    """sessions/:id/results."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str, query: ResultsQuery) -> ResultPage:
        """What was handed in, newest first, in pages (host, interviewer)."""
        return await self.services.assessment.results(self.actor, session_id, query)


class ResultHandler(ApiHandler):
    """sessions/:id/results/:id."""

    @call(raises=IN_A_SESSION)
    async def patch(self, session_id: str, result_id: str, body: ScoreChanges) -> ResultAnswer:
        """Score by hand (host, interviewer), also once the interview has ended."""
        result = await self.services.assessment.score(self.actor, session_id, result_id, body)
        return ResultAnswer(result=result)
