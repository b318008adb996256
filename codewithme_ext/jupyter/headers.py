"""What every answer of the server tells the browser not to do, whichever handler made it.

A handler that says something stricter keeps it: our pages and calls have a whole content security policy of their own.
"""

from http import HTTPStatus

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

from .sender import TrustedProxies

ONE_YEAR_S = 365 * 24 * 3600

_UNUSED = (
    "accelerometer",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "midi",
    "payment",
    "serial",
    "usb",
)
LAB_POLICY = "; ".join(
    [
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        # What somebody writes into a problem or a chat must not tell another site who reads it, and from where.
        "img-src 'self' data: blob:",
    ]
)
"""Of Jupyter's own answers; scripts and styles are as Lab needs them, which is inline and evaluated."""
DEFAULTS = {
    "X-Content-Type-Options": "nosniff",
    # No other site learns an address of ours. Within the server Jupyter's own checks read where a request came from.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        ["camera=(self)", "microphone=(self)", "display-capture=(self)", *(f"{name}=()" for name in _UNUSED)]
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'none'",
}


def security_headers(proxies: TrustedProxies) -> type[OutputTransform]:
    """For tornado's list of transforms; `proxies` says behind which the browser may be speaking TLS."""

    class SecurityHeaders(OutputTransform):
        """One answer's."""

        def __init__(self, request: HTTPServerRequest) -> None:
            self._is_https = proxies.is_https(request)

        def transform_first_chunk(
            self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
        ) -> tuple[int, HTTPHeaders, bytes]:
            """Add what the handler has not said."""
            for name, value in DEFAULTS.items():
                if name not in headers:
                    headers[name] = value
            if self._is_https and status_code != HTTPStatus.SWITCHING_PROTOCOLS:
                headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR_S}"
            return status_code, headers, chunk

    return SecurityHeaders
