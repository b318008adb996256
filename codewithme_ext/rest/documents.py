"""The histories of documents, read back. A path with slashes is one part of the address: `src%2Fmain.py`; an id will do too."""

from ..interview.documents.schemas import DocumentList, DocumentText, HistoryPage, HistoryQuery, TextQuery
from .base import ApiHandler
from .contract import IN_A_SESSION, call


class DocumentsHandler(ApiHandler):
    """sessions/:id/documents."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str) -> DocumentList:
        """Every document the session has had, and who wrote in it (hosts and interviewers)."""
        return await self.services.documents.listing(self.actor, session_id)


class DocumentHistoryHandler(ApiHandler):
    """sessions/:id/documents/:path/history."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str, path: str, query: HistoryQuery) -> HistoryPage:
        """Every update with its author and time, in pages (hosts and interviewers)."""
        return await self.services.documents.history(self.actor, session_id, path, query)


class DocumentTextHandler(ApiHandler):
    """sessions/:id/documents/:path/text."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str, path: str, query: TextQuery) -> DocumentText:
        """What the document held after an update, at a time, or now (hosts and interviewers)."""
        return await self.services.documents.text(self.actor, session_id, path, query)
