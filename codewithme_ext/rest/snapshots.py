"""Snapshots: save, list, read, restore."""

from http import HTTPStatus

from ..errors import FrozenError, LimitReachedError
from ..interview.snapshots.schemas import (
    FilesNow,
    Restoration,
    SnapshotAnswer,
    SnapshotFilesAnswer,
    SnapshotPage,
    SnapshotsQuery,
    SnapshotWish,
)
from .base import ApiHandler
from .contract import IN_A_SESSION, call


class SnapshotsHandler(ApiHandler):
    """sessions/:id/snapshots."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str, query: SnapshotsQuery) -> SnapshotPage:
        """Newest first, in pages."""
        return await self.services.snapshots.history(self.actor, session_id, before=query.before, limit=query.limit)

    @call(status=HTTPStatus.CREATED, raises=(*IN_A_SESSION, FrozenError, LimitReachedError), takes_key=True)
    async def post(self, session_id: str, body: SnapshotWish) -> SnapshotAnswer:
        """Keep the files as they are now."""
        return SnapshotAnswer(snapshot=await self.services.snapshots.save(self.actor, session_id, body))


class FilesNowHandler(ApiHandler):
    """sessions/:id/snapshots/now."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str) -> FilesNow:
        """The files as they are, without saving them."""
        return await self.services.snapshots.now(self.actor, session_id)


class SnapshotHandler(ApiHandler):
    """sessions/:id/snapshots/:sid."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str, snapshot_id: str) -> SnapshotFilesAnswer:
        """One snapshot with all its files."""
        return SnapshotFilesAnswer(snapshot=await self.services.snapshots.get(self.actor, session_id, snapshot_id))


class RestoreHandler(ApiHandler):
    """sessions/:id/snapshots/:sid/restore."""

    @call(raises=(*IN_A_SESSION, FrozenError, LimitReachedError))
    async def post(self, session_id: str, snapshot_id: str) -> Restoration:
        """Bring its files back for everyone (hosts and interviewers)."""
        return await self.services.snapshots.restore(self.actor, session_id, snapshot_id)
