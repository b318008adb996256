"""Snapshots: save, list, read, restore."""

from http import HTTPStatus

from tornado.web import authenticated

from ..interview.snapshots.schemas import SnapshotWish
from ..interview.wire import Shape
from .base import ApiHandler
from .sessions import LAST_SEQUENCE

NOW = "now"
"""In place of an id: the files as they are, without saving them."""


class SnapshotsHandler(ApiHandler):
    """GET and POST sessions/:id/snapshots."""

    @authenticated
    async def get(self, session_id: str) -> None:
        """Newest first, in pages."""
        page = await self.services.snapshots.history(
            self.actor,
            session_id,
            before=self.number("before", None, lowest=0, highest=LAST_SEQUENCE),
            limit=self.limit(default=20, highest=100),
        )
        self.answer(page)

    @authenticated
    async def post(self, session_id: str) -> None:
        """Keep the files as they are now."""
        snapshot = await self.services.snapshots.save(self.actor, session_id, self.shape(SnapshotWish))
        self.answer({"snapshot": snapshot.model_dump(mode="json")}, HTTPStatus.CREATED)


class SnapshotHandler(ApiHandler):
    """GET sessions/:id/snapshots/:sid, and `now` in place of an id."""

    @authenticated
    async def get(self, session_id: str, snapshot_id: str) -> None:
        """One snapshot with all its files."""
        if snapshot_id == NOW:
            self.answer(await self.services.snapshots.now(self.actor, session_id))
            return
        snapshot = await self.services.snapshots.get(self.actor, session_id, snapshot_id)
        self.answer({"snapshot": snapshot.model_dump(mode="json")})


class RestoreHandler(ApiHandler):
    """POST sessions/:id/snapshots/:sid/restore."""

    @authenticated
    async def post(self, session_id: str, snapshot_id: str) -> None:
        """Bring its files back for everyone (hosts and interviewers)."""
        self.shape(Shape)
        self.answer(await self.services.snapshots.restore(self.actor, session_id, snapshot_id))
