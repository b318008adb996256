"""Sentry, where the setting `sentry_dsn` asks for it: errors that the server logs, without anything of the people in them."""

from typing import Any

from .errors import ConfigurationError
from .logs import redact


def start_sentry(dsn: str, *, release: str) -> None:
    """Report errors from now on. Raises ConfigurationError for an address that is none, and where the library is missing."""
    try:
        import sentry_sdk
        from sentry_sdk.integrations.logging import LoggingIntegration
        from sentry_sdk.utils import BadDsn
    except ImportError as error:
        raise ConfigurationError(
            "sentry_dsn is set, but Sentry's library is not installed. Install it: pip install 'codewithme[sentry]'"
        ) from error
    try:
        sentry_sdk.init(
            dsn=dsn,
            release=release,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            auto_enabling_integrations=False,
            integrations=[LoggingIntegration()],
            before_send=lambda event, _hint: _without_secrets(event),
            before_breadcrumb=lambda crumb, _hint: redact.deep(crumb),
        )
    except BadDsn as error:
        raise ConfigurationError("sentry_dsn is not a Sentry address. Copy it from the project's settings.") from error


def _without_secrets(event: Any) -> Any:
    event.pop("request", None)
    event.pop("user", None)
    event.pop("server_name", None)
    return redact.deep(event)
