"""The chat, read back and written to."""

from http import HTTPStatus

from ..interview.chat.schemas import ChatAnswer, ChatPage, ChatQuery, ChatWish
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

    @call(status=HTTPStatus.CREATED, raises=IN_A_SESSION, takes_key=True)
    async def post(self, session_id: str, body: ChatWish) -> ChatAnswer:
        """Write to everyone in the interview, as `chat-message` does over Socket.IO."""
        return ChatAnswer(message=await self.services.chat.send(self.actor, session_id, body))
