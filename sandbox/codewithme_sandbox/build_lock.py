"""One build of images at a time: two at once would take each other's candidates and builder stages away."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .base_image import Progress

# An abstract socket, which Linux keeps without a file and lets go of when its process ends, however that ends.
_NAME = b"\0codewithme-sandbox-build"
_LOOK_EVERY_S = 0.5


@asynccontextmanager
async def alone(progress: Progress) -> AsyncIterator[None]:
    """Waits until no other process of this machine, and nobody else in this one, builds or prunes images."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as lock:
        if not _has_locked(lock):
            progress("Another build is going on; waiting for its end")
            while not _has_locked(lock):  # noqa: ASYNC110 - it is another process' state
                await asyncio.sleep(_LOOK_EVERY_S)
        yield


def _has_locked(lock: socket.socket) -> bool:
    try:
        lock.bind(_NAME)
    except OSError:  # EADDRINUSE: there is no other reason for a name that is always the same
        return False
    return True
