"""The whole interview as one file."""

from contextlib import aclosing
from http import HTTPMethod

from tornado.iostream import StreamClosedError

from .base import ApiHandler
from .contract import IN_A_SESSION, call

ZIP = "application/zip"


class ExportHandler(ApiHandler):
    """sessions/:id/export."""

    @call(raises=IN_A_SESSION, produces=ZIP)
    async def get(self, session_id: str) -> None:
        """Everything of the interview as one ZIP archive (host), also once it has ended.

        The session, its people, chat, activity, runs, questions, results, proctoring timeline and snapshots as JSON, the lists
        as CSV too, and its files in a folder of their own.
        """
        archive = await self.services.export.archive(self.actor, session_id)
        self.set_header("Content-Type", ZIP)
        self.set_header("Content-Disposition", f'attachment; filename="interview-{session_id[:36]}.zip"')
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        if self.request.method != HTTPMethod.HEAD:
            try:
                async with aclosing(archive) as pieces:
                    async for piece in pieces:
                        self.write(piece)
                        await self.flush()
            except StreamClosedError:
                return  # nobody waits for the rest
        self.finish(set_content_type=ZIP)
