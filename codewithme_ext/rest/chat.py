"""The chat, read back."""

from ..interview.chat.schemas import ChatPage, ChatQuery
from .base import ApiHandler
from .contract import IN_A_SESSION, call


class ChatHandler(ApiHandler):
    """sessions/:id/chat."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str, query: ChatQuery) -> ChatPage:
        """Messages after a sequence, or the last ones before one."""
        return await self.services.chat.history(
            self.actor, session_id, after=query.after, before=query.before, limit=query.limit
        )
