"""Errors that say what went wrong and what to do about it; they know no HTTP.

`code` is stable and meant for programs, the message is a sentence for people. Each way in (REST, Socket.IO, pages, command
line) turns them into answers in one place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field of a request; `field` is a dotted path such as `files.main.py`."""

    field: str
    message: str


class CodeWithMeError(Exception):
    """Base of every error a caller can act on."""

    code = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAuthenticatedError(CodeWithMeError):
    """Nobody is logged in, or the token has expired or is not ours."""

    code = "not_authenticated"


class NotPermittedError(CodeWithMeError):
    """The person is known, and may not do this."""

    code = "not_permitted"


class WrongPasswordError(CodeWithMeError):
    """The interview behind a valid invitation, or the account of who asks, has another password than this."""

    code = "wrong_password"


class ConsentRequiredError(CodeWithMeError):
    """Nobody joins without having agreed to what is recorded."""

    code = "consent_required"


class NotFoundError(CodeWithMeError):
    """It does not exist, or the asker must not learn that it does."""

    code = "not_found"


class GoneError(CodeWithMeError):
    """It existed and has ended: an expired or revoked invitation, an ended interview."""

    code = "gone"


class FrozenError(CodeWithMeError):
    """The person may do this, but not while the editor is frozen."""

    code = "frozen"


class ConflictError(CodeWithMeError):
    """Somebody else has it already, such as an email address."""

    code = "conflict"


class ChangedMeanwhileError(CodeWithMeError):
    """It is not as the asker saw it any more (If-Match); the answer's ETag says what it is now."""

    code = "changed_meanwhile"

    def __init__(self, message: str, version: int) -> None:
        super().__init__(message)
        self.version = version


class KeyReusedError(CodeWithMeError):
    """An Idempotency-Key that came with another request before."""

    code = "key_reused"


class InvalidTransitionError(CodeWithMeError):
    """The thing is in a state from which this step is not possible."""

    code = "invalid_transition"


class InvalidInputError(CodeWithMeError):
    """The request does not have the shape it must have; each field that is wrong is named."""

    code = "invalid_input"

    def __init__(self, message: str, problems: Sequence[FieldProblem]) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class MalformedJsonError(CodeWithMeError):
    """The body is not JSON at all."""

    code = "malformed_json"


class TooLargeError(CodeWithMeError):
    """More than the server accepts in one piece."""

    code = "too_large"


class LimitReachedError(CodeWithMeError):
    """There are as many of this as there may be."""

    code = "limit_reached"


class RateLimitedError(CodeWithMeError):
    """Too often; the same request works again after the time that the answer names."""

    code = "rate_limited"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class LimitsUnavailableError(CodeWithMeError):
    """The counters of a limit that protects passwords cannot be read, so nobody gets past it."""

    code = "limits_unavailable"


class SandboxUnavailableError(CodeWithMeError):
    """Code cannot be run now; everything else works."""

    code = "sandbox_unavailable"


class DatabaseUnavailableError(CodeWithMeError):
    """The database did not answer; nothing was saved."""

    code = "database_unavailable"


class StorageFullError(CodeWithMeError):
    """There is no space left where the server keeps its data; nothing was saved."""

    code = "storage_full"


class NotReadyError(CodeWithMeError):
    """The server is up and cannot do its work; the message says what is missing."""

    code = "not_ready"


class ConfigurationError(CodeWithMeError):
    """A setting is wrong; the message names it. Stops the start."""

    code = "configuration"


def as_payload(error: CodeWithMeError) -> Mapping[str, object]:
    """The one error shape of the wire: `{"status": "error", "code", "message", "errors"?, "retryAfterS"?}` (spec, section 7)."""
    payload: dict[str, object] = {"status": "error", "code": error.code, "message": error.message}
    if isinstance(error, InvalidInputError):
        payload["errors"] = [{"field": p.field, "message": p.message} for p in error.problems]
    if isinstance(error, RateLimitedError):
        payload["retryAfterS"] = error.retry_after_s
    return payload
