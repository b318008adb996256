"""What is up: for people, for load balancers and for whatever restarts a server."""

from jupyter_server.auth.decorator import allow_unauthenticated

from .._version import __version__
from ..errors import NotReadyError
from .base import ApiHandler


class HealthHandler(ApiHandler):
    """GET health."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Each part and whether it works, with what to do where it does not; `missing` names those."""
        self.answer({**(await self.services.health()), "realtime": {"available": True}, "version": __version__})


class LiveHandler(ApiHandler):
    """GET health/live."""

    @allow_unauthenticated
    async def get(self) -> None:
        """200 as long as the server answers at all: it need not be restarted."""
        self.answer({"live": True})


class ReadyHandler(ApiHandler):
    """GET health/ready."""

    @allow_unauthenticated
    async def get(self) -> None:
        """200 when requests may be sent here, else 503 with what is missing."""
        reason = await self.services.why_not_ready()
        if reason is not None:
            raise NotReadyError(reason)
        self.answer({"ready": True})
