"""The chat, read back."""

from tornado.web import authenticated

from .base import ApiHandler
from .sessions import LAST_SEQUENCE


class ChatHandler(ApiHandler):
    """GET sessions/:id/chat."""

    @authenticated
    async def get(self, session_id: str) -> None:
        """Messages after a sequence, or the last ones before one."""
        page = await self.services.chat.history(
            self.actor,
            session_id,
            after=self.number("after", None, lowest=0, highest=LAST_SEQUENCE),
            before=self.number("before", None, lowest=0, highest=LAST_SEQUENCE),
            limit=self.limit(default=100, highest=500),
        )
        self.answer(page)
