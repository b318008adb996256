"""What every REST handler shares: who asks, the body, the one answer shape, and the one table of errors and statuses."""

import json
from http import HTTPStatus
from typing import Any, TypeVar

from jupyter_server.base.handlers import APIHandler
from pydantic import BaseModel
from tornado.web import HTTPError

from ..errors import (
    CodeWithMeError,
    ConflictError,
    ConsentRequiredError,
    DatabaseUnavailableError,
    FieldProblem,
    FrozenError,
    GoneError,
    InvalidInputError,
    InvalidTransitionError,
    LimitReachedError,
    MalformedJsonError,
    NotAuthenticatedError,
    NotFoundError,
    NotPermittedError,
    NotReadyError,
    SandboxUnavailableError,
    StorageFullError,
    TooLargeError,
    WrongPasswordError,
    as_payload,
)
from ..interview.accounts.actor import Actor
from ..interview.wire import Shape, parse
from ..jupyter.identity import actor_of
from ..services import Services

S = TypeVar("S", bound=Shape)

MAX_BODY_BYTES = 2 * 2**20
RETRY_AFTER_S = 5

STATUS: dict[type[CodeWithMeError], HTTPStatus] = {
    NotAuthenticatedError: HTTPStatus.UNAUTHORIZED,
    NotPermittedError: HTTPStatus.FORBIDDEN,
    WrongPasswordError: HTTPStatus.FORBIDDEN,
    ConsentRequiredError: HTTPStatus.BAD_REQUEST,
    InvalidInputError: HTTPStatus.BAD_REQUEST,
    MalformedJsonError: HTTPStatus.BAD_REQUEST,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    InvalidTransitionError: HTTPStatus.CONFLICT,
    LimitReachedError: HTTPStatus.CONFLICT,
    GoneError: HTTPStatus.GONE,
    FrozenError: HTTPStatus.LOCKED,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    SandboxUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    DatabaseUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    NotReadyError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Every error a client can be answered with."""

_HTTP_ERRORS: dict[int, tuple[str, str]] = {
    HTTPStatus.UNAUTHORIZED: ("not_authenticated", "Log in first: this needs a token in the Authorization header."),
    HTTPStatus.FORBIDDEN: ("not_permitted", "This is not yours to do. A browser must send the X-XSRFToken header."),
    HTTPStatus.NOT_FOUND: ("not_found", "There is nothing at this address."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method_not_allowed", "This address does not take that method."),
}


class ApiHandler(APIHandler):
    """Base of all handlers under `api/v1`.

    A request is refused before its method runs unless somebody is logged in or the method is marked
    `@allow_unauthenticated`. Cookies need the XSRF token, bearer tokens do not.
    """

    is_codewithme_api = True

    @property
    def services(self) -> Services:
        """The use cases."""
        services: Services = self.settings["codewithme_services"]
        return services

    @property
    def maybe_actor(self) -> Actor | None:
        """Who asks, or None for a stranger."""
        return actor_of(self)

    @property
    def actor(self) -> Actor:
        """Who asks. Raises NotAuthenticatedError for a stranger."""
        actor = self.maybe_actor
        if actor is None:
            raise NotAuthenticatedError("Log in first: this needs a token in the Authorization header.")
        return actor

    async def prepare(self) -> None:  # type: ignore[override]  # Jupyter's returns what no caller uses
        """Refuse what is too large before anything looks at it."""
        if len(self.request.body) > MAX_BODY_BYTES:
            raise TooLargeError(f"The request has more than {MAX_BODY_BYTES} bytes. Send less at once.")
        await super().prepare()

    def check_xsrf_cookie(self) -> None:
        """Whoever comes with a cookie must prove that the page was ours; a stranger has nothing to abuse."""
        # Tornado asks once before it is known who sent the request, Jupyter again as soon as it is.
        if getattr(self, "_jupyter_current_user", None) is not None:
            super().check_xsrf_cookie()

    def shape(self, shape: type[S]) -> S:
        """The body as `shape`. Raises MalformedJsonError, InvalidInputError.

        Only JSON is taken: a page of another origin cannot send it without asking the browser first.
        """
        return parse(shape, self._json())

    def _json(self) -> Any:
        content_type = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if not self.request.body:
            return {}
        if content_type != "application/json":
            raise MalformedJsonError("Send JSON, with the header Content-Type: application/json.")
        try:
            return json.loads(self.request.body)
        except (ValueError, RecursionError) as error:
            raise MalformedJsonError("The body is not JSON that can be read. Check its quotes and brackets.") from error

    def number(self, name: str, default: int | None, *, lowest: int, highest: int) -> int | None:
        """A whole number from the query. Raises InvalidInputError outside of its bounds."""
        text = self.get_query_argument(name, None)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 18 and lowest <= int(text) <= highest):
            problem = FieldProblem(name, f"must be a whole number from {lowest} to {highest}")
            raise InvalidInputError(f"{name} must be a whole number from {lowest} to {highest}.", [problem])
        return int(text)

    def limit(self, default: int = 50, highest: int = 200) -> int:
        """The page size asked for."""
        return self.number("limit", default, lowest=1, highest=highest) or default

    def answer(self, data: BaseModel | dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> None:
        """Answer `{"status": "success", "data": …}`."""
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        plain = data.model_dump(mode="json") if isinstance(data, BaseModel) else data
        self.finish(json.dumps({"status": "success", "data": plain}))

    def answer_nothing(self) -> None:
        """Answer 204."""
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Any exception as the one error shape."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, CodeWithMeError):
            payload = dict(as_payload(error))
            status_code = STATUS[type(error)]
        else:
            if status_code == HTTPStatus.FORBIDDEN and self.current_user is None:
                status_code = HTTPStatus.UNAUTHORIZED
            code, message = _HTTP_ERRORS.get(
                status_code,
                ("bad_request", "The server cannot read this request.")
                if status_code < HTTPStatus.INTERNAL_SERVER_ERROR
                else ("internal", "Something went wrong on the server. It has been logged; try again."),
            )
            payload = {"status": "error", "code": code, "message": message}
        self.set_status(status_code)
        if status_code == HTTPStatus.UNAUTHORIZED:
            self.set_header("WWW-Authenticate", "Bearer")
        if status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            self.set_header("Retry-After", str(RETRY_AFTER_S))
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(json.dumps(payload))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Errors a client can act on are not the server's errors."""
        if isinstance(value, CodeWithMeError):
            self.log.debug("Refused %s %s: %s", self.request.method, self.request.path, value.code)
        elif not isinstance(value, HTTPError) or value.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            super().log_exception(typ, value, tb)
