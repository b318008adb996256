"""What every page shares: headers that shut the browser's doors, our templates, and error pages in our own words."""

from http import HTTPStatus
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError

from ..errors import CodeWithMeError, DatabaseUnavailableError
from ..interview.accounts.actor import Actor
from ..jupyter.identity import actor_of
from ..services import Services
from .address import page_address
from .templates import render

_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        # 'self' covers the WebSocket of the same host as well (CSP level 3); a browser that thinks otherwise goes on by polling.
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


class PageHandler(JupyterHandler):
    """Base of all pages. Each is open to everybody and decides by itself what it shows to whom."""

    is_open_page = True
    """Read by the gate that refuses guests everything it does not know."""

    @property
    def services(self) -> Services:
        """The rules this page asks."""
        services: Services = self.settings["codewithme_services"]
        return services

    @property
    def actor(self) -> Actor | None:
        """Who looks at the page, or None for a stranger."""
        return actor_of(self)

    @property
    def content_security_policy(self) -> str:
        """Only our own script and style, no frames, no other origin. Not a setting: the pages need nothing else."""
        return _SECURITY_POLICY

    def set_default_headers(self) -> None:
        """Also on redirects and errors. An invitation's code is in the address, so the address is never a referrer."""
        super().set_default_headers()
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    def page(self, *path: str) -> str:
        """The address of one of our pages, such as `page("join", session_id)`."""
        return page_address(self.base_url, *path)

    def interview(self, session_id: str) -> str:
        """The address of the interview in JupyterLab, for everyone who is admitted."""
        return f"{self.base_url}lab/workspaces/interview-{session_id}"

    def show(self, template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> None:
        """Answers with a page. Touching the XSRF token sets its cookie, which the page's script sends back."""
        _ = self.xsrf_token
        self._write_page(template, status, **values)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Whatever goes wrong ends on a page of ours, which never repeats what was asked for."""
        error = kwargs.get("exc_info", (None, None))[1]
        if status_code == HTTPStatus.NOT_FOUND:
            self._write_page("missing.html", HTTPStatus.NOT_FOUND)
        elif isinstance(error, DatabaseUnavailableError):
            self._write_page("trouble.html", HTTPStatus.SERVICE_UNAVAILABLE, message=error.message)
        elif isinstance(error, CodeWithMeError):
            self._write_page("trouble.html", HTTPStatus.BAD_REQUEST, message=error.message)
        elif isinstance(error, HTTPError) and status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            self._write_page("trouble.html", HTTPStatus(status_code), message="The address is not one we can answer.")
        else:
            self._write_page("trouble.html", HTTPStatus.INTERNAL_SERVER_ERROR, message="Something broke on our side.")

    def _write_page(self, template: str, status: HTTPStatus, **values: Any) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(render(template, base_url=self.base_url, actor=self.actor, **values))
