"""What every request gets, ours and Jupyter's: an id, one line in the log, and its place in the numbers."""

import logging
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit

from jupyter_server.prometheus.log_functions import prometheus_log_method
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform, RequestHandler

from ..logs import HIDDEN, REQUEST_ID, request_id
from .identity import actor_of

log = logging.getLogger(__name__)

ID_HEADER = "X-Request-Id"

_SHOWN = frozenset({"after", "before", "content", "EIO", "format", "limit", "order", "status", "transport", "type"})
"""Names in a query whose values may be logged; all others could be secrets."""
_WORTH_A_WARNING = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)


class RequestId(OutputTransform):
    """Gives a request its id before its handler runs, and the answer the same.

    Tornado makes one of these for each request, in the context from which the handler's task starts.
    """

    def __init__(self, request: HTTPServerRequest) -> None:
        super().__init__(request)
        self._id = request_id(request.headers.get(ID_HEADER))
        REQUEST_ID.set(self._id)

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Tell the client the id, so that a person can quote it."""
        headers[ID_HEADER] = self._id
        return status_code, headers, chunk


def log_request(handler: RequestHandler) -> None:
    """Tornado's `log_function`: called at the end of every request."""
    prometheus_log_method(handler)
    status, request = handler.get_status(), handler.request
    actor = actor_of(handler) if getattr(handler, "_current_user", None) is not None else None
    log.log(
        _level(status),
        "%s %s %s",
        status,
        request.method,
        shown_address(request.uri or ""),
        extra={
            "fields": {
                "ms": round(1000 * request.request_time(), 1),
                "address": request.remote_ip,
                **({"user": actor.user_id} if actor else {}),
            }
        },
    )


def shown_address(uri: str) -> str:
    """An address fit for a log: values in the query are hidden unless they are known to be harmless."""
    parts = urlsplit(uri)
    if not parts.query:
        return parts.path
    shown = [(name, value if name in _SHOWN else HIDDEN) for name, value in parse_qsl(parts.query, True)]
    return f"{parts.path}?{urlencode(shown, safe='[]')}"


def _level(status: int) -> int:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return logging.ERROR
    if status in _WORTH_A_WARNING:
        return logging.WARNING
    return logging.INFO if status >= HTTPStatus.BAD_REQUEST else logging.DEBUG
