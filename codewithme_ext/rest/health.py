"""What is up: for people, for load balancers and for whatever restarts a server."""

from .._version import __version__
from ..errors import NotReadyError
from ..interview.wire import Shape
from .base import ApiHandler
from .contract import call


class PartAvailable(Shape):
    """Whether a part works."""

    available: bool


class PartHealth(PartAvailable):
    """Whether a part works; if not why, and what to do."""

    reason: str | None
    advice: str | None


class DocumentsHealth(PartHealth):
    """Whether what people write together can be stored just now; while it cannot, it is kept in browsers and in memory."""

    quarantined: int
    """How many documents have been set aside because their history was damaged."""


class Health(Shape):
    """GET health; `ready`: requests may be sent here. `missing` names the parts that do not work."""

    ready: bool
    missing: list[str]
    disk: PartHealth
    database: PartAvailable
    documents: DocumentsHealth
    sandbox: PartHealth
    redis: PartHealth | None = None
    """Null where no Redis is configured."""
    realtime: PartAvailable
    version: str


class Live(Shape):
    """GET health/live."""

    live: bool


class Ready(Shape):
    """GET health/ready."""

    ready: bool


class Uncounted(ApiHandler):
    """Whoever watches a server asks often."""

    is_counted = False


class HealthHandler(Uncounted):
    """health."""

    @call(is_open=True)
    async def get(self) -> Health:
        """Each part and whether it works, with what to do where it does not; `missing` names those."""
        parts = await self.services.health()
        return Health.model_validate({**parts, "realtime": {"available": True}, "version": __version__})


class LiveHandler(Uncounted):
    """health/live."""

    @call(is_open=True)
    async def get(self) -> Live:
        """200 as long as the server answers at all: it need not be restarted."""
        return Live(live=True)


class ReadyHandler(Uncounted):
    """health/ready."""

    @call(is_open=True, raises=(NotReadyError,))
    async def get(self) -> Ready:
        """200 when requests may be sent here, else 503 with what is missing."""
        reason = await self.services.why_not_ready()
        if reason is not None:
            raise NotReadyError(reason)
        return Ready(ready=True)
