"""What candidates' browsers observe."""

from http import HTTPStatus

from ..errors import ConsentRequiredError, LimitReachedError
from ..interview.proctoring.schemas import Observations, ProctoringPage, ProctoringQuery, Receipt
from .base import ApiHandler
from .contract import IN_A_SESSION, call


class ProctoringHandler(ApiHandler):
    """sessions/:id/proctoring."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str, query: ProctoringQuery) -> ProctoringPage:
        """The timeline, oldest first, in pages (host, interviewer)."""
        return await self.services.proctoring.timeline(self.actor, session_id, query)

    @call(status=HTTPStatus.CREATED, raises=(*IN_A_SESSION, ConsentRequiredError, LimitReachedError), takes_key=True)
    async def post(self, session_id: str, body: Observations) -> Receipt:
        """What this candidate's own browser observed, in a batch that may be sent again."""
        return await self.services.proctoring.record(self.actor, session_id, body)
