"""What is stopped when the server ends."""

import pytest

from codewithme_ext.interview.documents.service import DocumentService
from factories import World


async def test_what_fails_in_stopping_keeps_nothing_else_open(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(_documents: DocumentService) -> None:
        raise OSError("the disk is gone")

    pool = world.services.engine.sync_engine.pool
    with monkeypatch.context() as broken:
        broken.setattr(DocumentService, "stop", fails)
        with pytest.raises(OSError, match="the disk is gone"):
            await world.services.stop()
    assert world.services.engine.sync_engine.pool is not pool, "its connections were closed"
    assert world.services.login_watch._task.done()
