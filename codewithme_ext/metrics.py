"""Numbers for a Prometheus, in Jupyter's own registry and at its own address, `{base_url}metrics`.

Jupyter counts and times every request by handler and status; here is what only we know. No label names a person or a session.
"""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from codewithme_sandbox.sandbox import Sandbox

from .errors import DatabaseUnavailableError
from .events.bus import Committed
from .events.types import ExecutionFinished, ParticipantWaiting
from .interview.documents.service import DocumentService
from .services import Services

_BATCH_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
_RUN_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counts what passes by on the bus, and how things stand whenever somebody reads it."""

    def __init__(
        self, services: Services, *, open_sockets: Callable[[], int], registry: CollectorRegistry = REGISTRY
    ) -> None:
        self._services = services
        self._runs = Counter("codewithme_runs", "Runs that ended, by how.", ["outcome"], registry=registry)
        self._run_seconds = Histogram(
            "codewithme_run_seconds", "Wall time of runs.", buckets=_RUN_SECONDS, registry=registry
        )
        self._joins = Counter("codewithme_joins", "People who asked to join and wait.", registry=registry)
        batch_seconds = Histogram(
            "codewithme_document_batch_seconds",
            "Time in which a batch of documents' updates was committed.",
            buckets=_BATCH_SECONDS,
            registry=registry,
        )
        services.documents.on_batch(batch_seconds.observe)
        self._state = _State(services, open_sockets)
        registry.register(self._state)
        services.bus.subscribe_to_own(self.on_event)

    async def on_event(self, committed: Committed) -> None:
        """Subscriber."""
        match committed.event:
            case ExecutionFinished(result=result):
                self._runs.labels(outcome=_outcome(result)).inc()
                self._run_seconds.observe(result["executionTime"] / 1000)
            case ParticipantWaiting():
                self._joins.inc()

    async def refresh(self) -> None:
        """Look up what the database knows; called before the numbers are read.

        While it does not answer, that number is left out and the others are told: they say that it does not.
        """
        try:
            self._state.live_sessions = await self._services.sessions.count_live()
        except DatabaseUnavailableError:
            self._state.live_sessions = None


class _State(Collector):
    """How things stand at the moment of reading."""

    def __init__(self, services: Services, open_sockets: Callable[[], int]) -> None:
        self._services = services
        self._open_sockets = open_sockets
        self.live_sessions: int | None = None

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        units, runner = self._services.units, self._services.runner
        waiting = runner.waiting_containers if isinstance(runner, Sandbox) else 0
        if self.live_sessions is not None:
            yield _gauge("sessions_live", "Interviews that have started and not ended.", self.live_sessions)
        yield _gauge("sockets_open", "Socket.IO connections.", self._open_sockets())
        yield _gauge("sandbox_pool", "Started containers that wait for a program.", waiting)
        yield _gauge("database_connections", "Database connections in use.", units.connections_in_use)
        yield from _documents(self._services.documents)
        yield CounterMetricFamily(
            "codewithme_database_errors", "Uses of the database that failed because it did not answer.", units.errors
        )


def _documents(documents: DocumentService) -> Iterator[Metric]:
    numbers = documents.numbers
    yield _gauge("documents_open", "Shared documents that are open.", numbers.open)
    yield _gauge("documents_trouble", "1 while documents cannot be stored, else 0.", bool(documents.trouble))
    yield _gauge("documents_quarantined", "Documents with a damaged history, set aside.", numbers.quarantined)
    yield CounterMetricFamily("codewithme_document_updates", "Updates of documents stored.", numbers.updates)
    yield CounterMetricFamily("codewithme_document_bytes", "Bytes of these updates.", numbers.bytes)


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"codewithme_{name}", help_text, value)


def _outcome(result: Mapping[str, object]) -> str:
    if result.get("error"):
        return "not_run"
    if result.get("limit"):
        return "limit"
    if result.get("stage") == "compile":
        return "compile_error"
    return "success" if result.get("exitCode") == 0 else "failure"
