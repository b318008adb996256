"""What the server logs: one shape for every line, with the id of the request it belongs to, and no secrets.

Lines come from us, from Jupyter, from libraries and from tracebacks, so secrets are taken out where a line is written, whoever
wrote it: by the names that values have in addresses, by the looks of our tokens, and the server's own secrets by their value.
"""

import json
import logging
import re
import secrets
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""The request that is being answered in this context, also in the services; None outside of one."""

HIDDEN = "[hidden]"

_SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SHORTEST_SECRET = 8
_SECRETS = [
    # ?token=… and &code=… in addresses
    (
        re.compile(r"([?&][\w.%-]*(?:token|code|password|secret|auth|key|sid|state|xsrf)[\w.%-]*=)[^&\s'\"<>]+", re.I),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"((?:^|[^\w])bearer\s+)[\w.~+/=-]{8,}", re.I), rf"\1{HIDDEN}"),
    (re.compile(r"eyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?"), HIDDEN),
    (re.compile(r"\$(?:argon2id?|2[aby])\$[^\s'\"]+"), HIDDEN),
    # "password": "…" and 'refreshToken': '…' in the text of bodies
    (
        re.compile(
            r"([\"'](?:\w*password|\w*token|code|secret|authorization|cookie)[\"']\s*[:=]\s*)([\"']).*?\2", re.I
        ),
        rf"\1\2{HIDDEN}\2",
    ),
    (re.compile(r"((?:set-)?cookie['\"]?\s*[:=]\s*)[^\r\n]+", re.I), rf"\1{HIDDEN}"),
    # postgresql://user:password@host
    (re.compile(r"(\b[\w+]+://[^\s:/@]*:)[^\s@/]+(@)"), rf"\1{HIDDEN}\2"),
]


def request_id(wish: str | None) -> str:
    """The id of a request: the client's if it is short and plain, else a new one."""
    return wish if wish is not None and _SANE_ID.fullmatch(wish) else secrets.token_hex(8)


class Redaction:
    """Takes secrets out of text."""

    def __init__(self) -> None:
        self._known: tuple[str, ...] = ()

    def hide(self, known: Iterable[str]) -> None:
        """From now on these values are hidden too, wherever they stand."""
        values = {value for value in known if len(value) >= _SHORTEST_SECRET}
        self._known = tuple(sorted({*self._known, *values}, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, HIDDEN)
        for pattern, replacement in _SECRETS:
            text = pattern.sub(replacement, text)
        return text

    def deep(self, value: Any) -> Any:
        """The same structure with every text in it redacted."""
        match value:
            case str():
                return self(value)
            case Mapping():
                return {key: self.deep(item) for key, item in value.items()}
            case list() | tuple():
                return [self.deep(item) for item in value]
            case _:
                return value


redact: Final = Redaction()
"""The process's own: log records come from everywhere."""


class Lines(logging.Formatter):
    """A record as one line of text, or as one JSON object on a line."""

    def __init__(self, *, as_json: bool = False, **_of_traitlets: object) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line, without secrets. Tracebacks follow on lines of their own in text, and are a field in JSON."""
        fields: Mapping[str, Any] = getattr(record, "fields", {})
        message = record.getMessage()
        traceback = self.formatException(record.exc_info) if record.exc_info else None
        at = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        request = REQUEST_ID.get()
        if self._as_json:
            line: dict[str, Any] = {"time": at, "level": record.levelname.lower(), "logger": record.name}
            line |= {"message": message} | ({"request_id": request} if request else {}) | dict(fields)
            if traceback:
                line["traceback"] = traceback
            return json.dumps(redact.deep(line), ensure_ascii=False, default=str)
        # A line break in a message would let whoever caused it write lines of their own.
        plain = message.replace("\r", "\\r").replace("\n", "\n    ")
        words = [at, record.levelname.ljust(7), f"[{record.name}]", plain]
        words += [f"{name}={value}" for name, value in fields.items()]
        words += [f"request_id={request}"] if request else []
        return redact(" ".join(words) + (f"\n{traceback}" if traceback else ""))


OWN_LOGGERS = ("codewithme_ext", "codewithme_kernels", "codewithme_sandbox")


def logging_config(level: str, *, as_json: bool) -> dict[str, Any]:
    """What is merged into a traitlets application's own: our lines everywhere, libraries from warnings up."""
    own = {name: {"level": level, "handlers": ["console"], "propagate": False} for name in OWN_LOGGERS}
    return {
        "formatters": {"console": {"()": "codewithme_ext.logs.Lines", "as_json": as_json}},
        "loggers": own,
        "root": {"level": "WARNING", "handlers": ["console"]},
    }
