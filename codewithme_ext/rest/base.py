"""What every REST handler shares: who asks, the body, the one answer shape, and the one table of errors and statuses."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from http import HTTPMethod, HTTPStatus
from typing import Any, ClassVar, NoReturn, cast

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import APIHandler
from pydantic import BaseModel
from pydantic_core import PydanticSerializationError
from tornado.http1connection import HTTP1Connection
from tornado.web import GZipContentEncoding, HTTPError, stream_request_body

from ..errors import (
    ChangedMeanwhileError,
    CodeWithMeError,
    ConflictError,
    ConsentRequiredError,
    DatabaseUnavailableError,
    FieldProblem,
    FrozenError,
    GoneError,
    InvalidInputError,
    InvalidTransitionError,
    KeyReusedError,
    LimitReachedError,
    LimitsUnavailableError,
    MalformedJsonError,
    NotAuthenticatedError,
    NotFoundError,
    NotPermittedError,
    NotReadyError,
    RateLimitedError,
    SandboxUnavailableError,
    StorageFullError,
    TooLargeError,
    WrongPasswordError,
    as_payload,
)
from ..interview.accounts.actor import Actor, Sender
from ..interview.sessions.models import ANY_VERSION, Versions
from ..interview.wire import Shape, parse
from ..jupyter.identity import actor_of
from ..jupyter.sender import sender_of
from ..services import Services
from .contract import Contract, contract_of
from .json_body import read_json

MAX_BODY_BYTES = 2 * 2**20
RETRY_AFTER_S = 5
LINGER_S = 5.0
LINGER_BYTES = 64 * 2**20
"""A sender that is refused is listened to for so long and so much, or it would see a broken connection and no answer."""

STATUS: dict[type[CodeWithMeError], HTTPStatus] = {
    NotAuthenticatedError: HTTPStatus.UNAUTHORIZED,
    NotPermittedError: HTTPStatus.FORBIDDEN,
    WrongPasswordError: HTTPStatus.FORBIDDEN,
    ConsentRequiredError: HTTPStatus.BAD_REQUEST,
    InvalidInputError: HTTPStatus.BAD_REQUEST,
    MalformedJsonError: HTTPStatus.BAD_REQUEST,
    NotFoundError: HTTPStatus.NOT_FOUND,
    KeyReusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ChangedMeanwhileError: HTTPStatus.PRECONDITION_FAILED,
    ConflictError: HTTPStatus.CONFLICT,
    InvalidTransitionError: HTTPStatus.CONFLICT,
    LimitReachedError: HTTPStatus.CONFLICT,
    GoneError: HTTPStatus.GONE,
    FrozenError: HTTPStatus.LOCKED,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    RateLimitedError: HTTPStatus.TOO_MANY_REQUESTS,
    LimitsUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
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
    HTTPStatus.METHOD_NOT_ALLOWED: ("method_not_allowed", "This address does not take that method; Allow lists those."),
}
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_VERSION = re.compile(r'"[0-9]{1,15}"')
_WRITING = (HTTPMethod.POST, HTTPMethod.PUT, HTTPMethod.PATCH)


def as_json(data: BaseModel) -> str:
    """An answer as text."""
    try:
        return data.model_dump_json()
    except PydanticSerializationError:
        # Text that is no Unicode, such as the name of a file that a kernel made: JSON has a way to write it.
        return json.dumps(data.model_dump(mode="json"))


@stream_request_body
class ApiHandler(APIHandler):
    """Base of all handlers under `api/v1`; their methods are calls (see `contract`).

    A request is refused before its method runs unless somebody is logged in or the call is open. Cookies need the XSRF token,
    bearer tokens do not. The body is read piece by piece, so that what is too large is neither kept nor waited for.
    """

    is_codewithme_api = True
    is_counted: ClassVar[bool] = True
    """Whether requests count towards the limits of a person or an address."""
    max_body_bytes: ClassVar[int] = MAX_BODY_BYTES

    def __init_subclass__(cls) -> None:
        """Whatever can be read can be asked about with HEAD."""
        if "get" in vars(cls) and "head" not in vars(cls):
            cls.head = cls.get

    def initialize(self, **options: Any) -> None:
        """Tornado's constructor, once a request."""
        super().initialize(**options)
        self._pieces: list[bytes] = []
        self._received = 0
        self._is_refused_unread = False

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

    @property
    def content_security_policy(self) -> str:
        """An answer is data: it shows nothing, whatever a browser takes it for."""
        return "default-src 'none'; frame-ancestors 'none'"

    @property
    def sender(self) -> Sender:
        """Where the request comes from."""
        return sender_of(self)

    @classmethod
    def calls(cls) -> dict[HTTPMethod, Contract]:
        """Every call of this address."""
        methods = (HTTPMethod.GET, HTTPMethod.POST, HTTPMethod.PUT, HTTPMethod.PATCH, HTTPMethod.DELETE)
        found = {method: contract_of(getattr(cls, method.lower())) for method in methods}
        return {method: contract for method, contract in found.items() if contract is not None}

    async def prepare(self) -> None:  # type: ignore[override]  # Jupyter's returns what no caller uses
        """Runs before the body arrives. Refusals wait for it: an answer before then would break the connection off."""
        declared = self.request.headers.get("Content-Length", "0")
        if declared.isdigit() and int(declared) > self.max_body_bytes:
            if "Expect" in self.request.headers:
                raise self._too_large()  # the sender waits for our word before it sends anything
            self._refuse_unread()
            return
        try:
            await self._prepare_counted()
        except (CodeWithMeError, HTTPError) as error:
            self.answer_instead(error)

    async def _prepare_counted(self) -> None:
        try:
            await super().prepare()
        except HTTPError:
            await self._count()  # a stranger at a door that is closed to strangers
            raise
        await self._count()

    async def _count(self) -> None:
        if self.is_counted:
            await self.services.limits.request(self.maybe_actor, self.sender)

    def data_received(self, chunk: bytes) -> None:
        """A piece of the body arrived."""
        self._received += len(chunk)
        if self._is_refused_unread:
            if self._received > LINGER_BYTES:
                self._break_off()
        elif self._received > self.max_body_bytes:
            self._pieces.clear()
            self._refuse_unread()
        else:
            self._pieces.append(chunk)

    async def take(self, contract: Contract, method: Callable[..., Awaitable[Any]], path: tuple[str, ...]) -> None:
        """Parse by the contract, call, answer by the contract."""
        given: dict[str, Any] = {}
        if contract.query is not None:
            given["query"] = parse(contract.query, self._query(contract.query))
        if contract.body is not None:
            given["body"] = parse(contract.body, self._json())
        elif self.request.method in _WRITING:
            parse(Shape, self._json())
        key = self._idempotency_key if contract.takes_key else None
        if key is None:
            answer = await method(self, *path, **given)
        else:
            answer = await self._once(key, contract, lambda: method(self, *path, **given))
        if self._finished:
            return
        if answer is None:
            self.answer_nothing()
        else:
            self.answer(answer, contract.status)

    @allow_unauthenticated
    def options(self, *_path: str) -> None:
        """Which methods there are; what another origin may do is Jupyter's setting."""
        super().options()
        self.set_header("Allow", self._allowed)
        self.answer_nothing()

    def check_xsrf_cookie(self) -> None:
        """Whoever comes with a cookie must prove that the page was ours; a stranger has nothing to abuse.

        At an open call, a cookie without that proof says nothing: a program whose client keeps cookies may log in again.
        """
        # Tornado asks once before it is known who sent the request, Jupyter again as soon as it is.
        if getattr(self, "_jupyter_current_user", None) is None:
            return
        try:
            super().check_xsrf_cookie()
        except HTTPError as error:
            if error.status_code != HTTPStatus.FORBIDDEN or not self._is_open:
                raise
            self.current_user = self._jupyter_current_user = None

    def answer(self, data: BaseModel, status: HTTPStatus = HTTPStatus.OK) -> None:
        """Answer `{"status": "success", "data": …}`."""
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        etag = getattr(data, "etag", None)
        if etag is not None:
            self.set_header("ETag", etag)
        self.finish(f'{{"status": "success", "data": {as_json(data)}}}')

    def without_secrets(self, answer: Any) -> Any:
        """What of an answer may be kept in the database for the case that its key comes again."""
        return answer

    async def with_secrets(self, kept: Any) -> Any:
        """The answer that `without_secrets` was given."""
        return kept

    @property
    def if_match(self) -> Versions:
        """The versions that If-Match names. Raises InvalidInputError for what is not of our making."""
        header = self.request.headers.get("If-Match", "*").strip()
        if header == "*":
            return ANY_VERSION
        tags = [tag.strip() for tag in header.split(",")]
        if not all(_ETAG.fullmatch(tag) for tag in tags):
            problem = FieldProblem("If-Match", "must be * or ETags as answers bring them")
            raise InvalidInputError("If-Match must be * or the ETag of an answer, in its quotes.", [problem])
        return frozenset(int(tag[1:-1]) for tag in tags if _VERSION.fullmatch(tag))

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
        if isinstance(error, RateLimitedError):
            self.set_header("Retry-After", str(error.retry_after_s))
        if isinstance(error, ChangedMeanwhileError):
            self.set_header("ETag", f'"{error.version}"')
        if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", self._allowed)
        if status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            self.set_header("Retry-After", str(RETRY_AFTER_S))
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(json.dumps(payload))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Errors a client can act on are not the server's errors."""
        if isinstance(value, CodeWithMeError):
            self.log.debug("Refused %s %s: %s", self.request.method, self.request.path, value.code)
        elif not isinstance(value, HTTPError) or value.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            super().log_exception(typ, value, tb)

    def compute_etag(self) -> None:
        """None: tornado's own hash of the answer would cost time and save nothing, since nothing here may be cached."""

    def update_api_activity(self) -> None:
        """Jupyter's, which would look an argument up that may be unreadable, while the error about that is written."""
        self.request.arguments.pop("no_track_activity", None)
        super().update_api_activity()

    @property
    def _is_open(self) -> bool:
        contract = contract_of(getattr(self, str(self.request.method).lower(), None))
        return contract is not None and contract.is_open

    @property
    def _allowed(self) -> str:
        methods = [str(method) for method in self.calls()]
        return ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])

    async def _once(self, key: str, contract: Contract, work: Callable[[], Awaitable[Any]]) -> Any:
        assert contract.answer is not None  # what is made is answered
        answers: list[BaseModel] = []

        async def kept() -> dict[str, Any]:
            answers.append(await work())
            plain: dict[str, Any] = self.without_secrets(answers[0]).model_dump(mode="json")
            return plain

        request = json.dumps([self.request.method, self.request.path, self._json()], sort_keys=True).encode()
        replay = await self.services.idempotency.once(self.actor, key, request, kept)
        if answers:
            return answers[0]
        self.set_header("Idempotency-Replayed", "true")
        return await self.with_secrets(contract.answer.model_validate(replay.answer))

    @property
    def _idempotency_key(self) -> str | None:
        key = self.request.headers.get("Idempotency-Key")
        if key is not None and not _KEY.fullmatch(key):
            problem = FieldProblem("Idempotency-Key", "must be 1 to 200 printable ASCII characters")
            raise InvalidInputError("Idempotency-Key must be 1 to 200 printable ASCII characters.", [problem])
        return key

    def _json(self) -> Any:
        """The body. Only JSON is taken: a page of another origin cannot send it without asking the browser first."""
        body = b"".join(self._pieces)
        if not body:
            return {}
        content_type = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if content_type != "application/json":
            raise MalformedJsonError("Send JSON, with the header Content-Type: application/json.")
        return read_json(body)

    def _query(self, shape: type[Shape]) -> dict[str, str]:
        """What of the address's query the call knows; browsers add things of their own, which are left alone."""
        known = (field.alias or name for name, field in shape.model_fields.items())
        given = {name: self.get_query_arguments(name) for name in known if name in self.request.arguments}
        twice = [FieldProblem(name, "is given more than once") for name, values in given.items() if len(values) > 1]
        if twice:
            raise InvalidInputError("Some of the query is given more than once. See errors for what.", twice)
        return {name: values[0] for name, values in given.items()}

    def answer_instead(self, error: Exception) -> None:
        async def refuse(*_path: str) -> NoReturn:
            raise error

        # The method is looked up by name once the body has been read; this one is found first.
        setattr(self, str(self.request.method).lower(), refuse)

    def _refuse_unread(self) -> None:
        """Answer 413 at once, then let the sender finish for a moment without keeping what it sends."""
        self._is_refused_unread = True
        payload = json.dumps(as_payload(self._too_large()))
        # Compressed, the answer would end only with the request.
        self._transforms = [one for one in self._transforms or [] if not isinstance(one, GZipContentEncoding)]
        self.set_status(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self.set_header("Content-Type", "application/json")
        self.set_header("Content-Length", len(payload))
        self.set_header("Connection", "close")
        self.write(payload)
        self.flush()
        self._connection.set_max_body_size(2**62)  # we count ourselves
        timer = asyncio.get_running_loop().call_later(LINGER_S, self._break_off)

        async def end(*_path: str) -> None:
            timer.cancel()
            self.finish()

        setattr(self, str(self.request.method).lower(), end)

    def _too_large(self) -> TooLargeError:
        return TooLargeError(f"The request has more than {self.max_body_bytes} bytes. Send less at once.")

    def _break_off(self) -> None:
        self._connection.stream.close()

    @property
    def _connection(self) -> HTTP1Connection:
        return cast("HTTP1Connection", self.request.connection)
