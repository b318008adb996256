"""Jupyter's `/metrics`, for admins, and for a Prometheus that brings the setting `metrics_token`."""

import hmac

import prometheus_client
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import PrometheusMetricsHandler
from tornado.web import HTTPError

METRICS_KEY = "codewithme_metrics"
METRICS_TOKEN_KEY = "codewithme_metrics_token"  # noqa: S105 (the name of a setting)


class OwnMetrics(PrometheusMetricsHandler):
    """The numbers, as text. The gate lets admins pass and nobody else who is logged in."""

    @allow_unauthenticated
    async def get(self) -> None:  # type: ignore[override]  # Jupyter's has nothing to wait for
        """All of the registry."""
        if self.current_user is None and not self._is_prometheus():
            raise HTTPError(403)
        await self.settings[METRICS_KEY].refresh()
        self.set_header("Content-Type", prometheus_client.CONTENT_TYPE_LATEST)
        self.finish(prometheus_client.generate_latest(prometheus_client.REGISTRY))

    def _is_prometheus(self) -> bool:
        expected: str = self.settings[METRICS_TOKEN_KEY]
        given = self.request.headers.get("Authorization", "").partition(" ")[2].strip()
        return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
