"""What is up."""

from jupyter_server.auth.decorator import allow_unauthenticated

from .._version import __version__
from .base import ApiHandler


class HealthHandler(ApiHandler):
    """GET health."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Whether the database, the sandbox and live events work."""
        self.answer({**(await self.services.health()), "realtime": {"available": True}, "version": __version__})
