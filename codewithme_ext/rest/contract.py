"""What a call takes and answers, said once: the handler parses and answers by it, and the OpenAPI document is made from it.

    class SessionsHandler(ApiHandler):
        @call(status=HTTPStatus.CREATED, raises=(NotPermittedError,))
        async def post(self, body: SessionCreation) -> SessionAnswer:
            \"""A new session.\"""

The signature is the contract: parts of the address come first and by position, then `body` and `query` if the call has them,
checked before the method runs; what it returns goes out as `data`, and a method that returns None answers 204. The docstring's
first line is the summary. `raises` names what can go wrong beside what can go wrong with every call; a test holds the two
together by looking at every answer of the integration tests.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, Protocol, cast, get_type_hints

from jupyter_server.auth.decorator import allow_unauthenticated
from pydantic import BaseModel
from tornado.web import authenticated

from ..errors import (
    ChangedMeanwhileError,
    CodeWithMeError,
    ConflictError,
    DatabaseUnavailableError,
    GoneError,
    InvalidInputError,
    KeyReusedError,
    MalformedJsonError,
    NotAuthenticatedError,
    NotFoundError,
    NotPermittedError,
    RateLimitedError,
    StorageFullError,
    TooLargeError,
)
from ..interview.wire import Shape

JSON = "application/json"

OF_EVERY_CALL: tuple[type[CodeWithMeError], ...] = (DatabaseUnavailableError, RateLimitedError)
IN_A_SESSION: tuple[type[CodeWithMeError], ...] = (NotFoundError, NotPermittedError, GoneError)
"""What `interview.sessions.access.enter` raises: for `raises=` of calls about a session."""


@dataclass(frozen=True)
class Contract:
    """One call. `answer` None is 204, or a body that is not JSON if `produces` says so."""

    summary: str
    details: str
    path: tuple[str, ...]
    body: type[Shape] | None
    query: type[Shape] | None
    answer: type[BaseModel] | None
    status: HTTPStatus
    is_open: bool
    raises: tuple[type[CodeWithMeError], ...]
    produces: str
    is_conditional: bool
    """Whether the call takes If-Match."""
    takes_key: bool
    """Whether the call takes an Idempotency-Key."""

    def errors(self, *, writes: bool) -> frozenset[type[CodeWithMeError]]:
        """Everything the call can be refused for; `writes` for methods that change something."""
        errors = {*OF_EVERY_CALL, *self.raises}
        if not self.is_open:
            errors.add(NotAuthenticatedError)
        if self.path:
            errors.add(NotFoundError)
        if self.is_conditional:
            errors.add(ChangedMeanwhileError)
        if self.takes_key:
            errors |= {KeyReusedError, ConflictError, InvalidInputError}
        if self.query is not None:
            errors.add(InvalidInputError)
        if writes:
            errors |= {InvalidInputError, MalformedJsonError, TooLargeError, NotPermittedError, StorageFullError}
        return frozenset(errors)


class Taker(Protocol):
    """What a handler must have to serve calls; `ApiHandler` is the only one."""

    async def take(self, contract: Contract, method: Callable[..., Awaitable[Any]], path: tuple[str, ...]) -> None:
        """Parse by the contract, call, answer by the contract."""


Method = Callable[..., Awaitable[Any]]


def call(
    *,
    status: HTTPStatus = HTTPStatus.OK,
    is_open: bool = False,
    raises: tuple[type[CodeWithMeError], ...] = (),
    produces: str = JSON,
    is_conditional: bool = False,
    takes_key: bool = False,
) -> Callable[[Method], Method]:
    """Make a handler's method a call of the interface (see above)."""

    def mark(method: Method) -> Method:
        contract = _contract(
            method,
            status=status,
            is_open=is_open,
            raises=raises,
            produces=produces,
            is_conditional=is_conditional,
            takes_key=takes_key,
        )

        @wraps(method)
        async def taken(self: Taker, *path: str) -> None:
            await self.take(contract, method, path)

        taken.contract = contract  # type: ignore[attr-defined]  # the decorators below pass it on
        return cast("Method", allow_unauthenticated(taken) if is_open else authenticated(taken))

    return mark


def contract_of(method: object) -> Contract | None:
    """The contract of a handler's method, if it is a call."""
    contract: Contract | None = getattr(method, "contract", None)
    return contract


def _contract(
    method: Method,
    *,
    status: HTTPStatus,
    is_open: bool,
    raises: tuple[type[CodeWithMeError], ...],
    produces: str,
    is_conditional: bool,
    takes_key: bool,
) -> Contract:
    hints = get_type_hints(method)
    names = list(inspect.signature(method).parameters)[1:]
    answer = hints["return"]
    is_empty = answer is type(None)
    summary, _, details = (inspect.getdoc(method) or "").partition("\n")
    return Contract(
        summary=summary,
        details=" ".join(details.split()),
        path=tuple(name for name in names if name not in ("body", "query")),
        body=hints.get("body"),
        query=hints.get("query"),
        answer=None if is_empty else answer,
        status=HTTPStatus.NO_CONTENT if is_empty and produces == JSON else status,
        is_open=is_open,
        raises=raises,
        produces=produces,
        is_conditional=is_conditional,
        takes_key=takes_key,
    )
