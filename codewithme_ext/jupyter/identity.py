"""Who asks, for every handler of the server: our accounts and guests, by access token.

A browser brings the token in a cookie no script can read, a program in the `Authorization` header. Only the latter switches
Jupyter's checks of origin and XSRF off, since no other site can make a browser send it. A token in an address is never looked
at: addresses end in logs.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError, RequestHandler
from traitlets import Bool, List, Unicode, default

from ..errors import DatabaseUnavailableError, NotAuthenticatedError
from ..interview.accounts.actor import Actor
from ..interview.accounts.schemas import Grant
from ..interview.sessions.models import PERSON_COLORS
from ..services import Services
from .sender import is_https

ACCESS_COOKIE = "codewithme_access"
REFRESH_COOKIE = "codewithme_refresh"
SERVICES_KEY = "codewithme_services"
GATE_KEY = "codewithme_gate"

_BEARER = re.compile(r"bearer(?:\s+(.*))?", re.IGNORECASE)


@dataclass
class CodeWithMeUser(User):
    """Jupyter's view of a person; ours is the actor, which never leaves the server."""

    actor: Actor | None = None

    @classmethod
    def of(cls, actor: Actor) -> "CodeWithMeUser":
        """The person with a colour that is the same everywhere; inside a session the participant's colour replaces it."""
        return cls(
            username=actor.person_id,
            name=actor.name,
            display_name=actor.name,
            initials=initials(actor.name),
            color=person_color(sum(actor.person_id.encode())),
            actor=actor,
        )


def initials(name: str) -> str:
    """The first letters of the first and the last word of a name: "Ada King Lovelace" → "AL"."""
    words = name.split()
    return "".join(word[0].upper() for word in dict.fromkeys((words[0], words[-1]))) if words else "?"


def person_color(number: int) -> str:
    """The CSS value of a person's colour; the themes say what it looks like in light and dark."""
    return f"var(--cwm-person-{number % PERSON_COLORS})"


def actor_of(handler: RequestHandler) -> Actor | None:
    """Who sent the request, or None for a stranger."""
    return getattr(handler.current_user, "actor", None)


def access_token(handler: RequestHandler) -> tuple[str, bool]:
    """The access token that a request brings, empty without one, and whether it is in the header."""
    bearer = _BEARER.fullmatch(handler.request.headers.get("Authorization", "").strip())
    if bearer is not None:
        return bearer.group(1) or "", True
    return handler.get_cookie(ACCESS_COOKIE) or "", False


class GateKeeper(Protocol):
    """What decides which handlers somebody may reach at all (see `gate.py`)."""

    async def admit(self, handler: JupyterHandler, actor: Actor) -> None:
        """Return, or raise HTTPError."""


class LocalAuthMixin(IdentityProvider):
    """Accounts and guests of this server. A mixin, so that a JupyterHub's identity provider can join it."""

    token = Unicode("", help="There is no token that opens the whole server.")
    need_token = Bool(False)
    updatable_fields = List(Unicode(), help="Names and colours come from the database.")

    @default("token")
    def _token_default(self) -> str:
        # Jupyter's own default would take JUPYTER_TOKEN, and every page would carry it.
        return ""

    @default("updatable_fields")
    def _updatable_fields_default(self) -> list[str]:
        return []

    async def get_user(self, handler: RequestHandler) -> CodeWithMeUser | None:
        """Called by every JupyterHandler's `prepare`, so this is also where everybody passes the gate."""
        known: CodeWithMeUser | None = getattr(handler, "_jupyter_current_user", None)
        if known is not None:
            return known
        gate: GateKeeper | None = handler.settings.get(GATE_KEY)
        if gate is None or not isinstance(handler, JupyterHandler):
            return None  # the server is still starting
        actor = await self.authenticate(handler)
        if actor is None:
            return None
        user = CodeWithMeUser.of(actor)
        # Error pages read the current user, also of a request that the gate refuses.
        handler.current_user = handler._jupyter_current_user = user
        await gate.admit(handler, actor)
        return user

    async def authenticate(self, handler: RequestHandler) -> Actor | None:
        """The person behind the request's token. A bad Bearer token is a stranger, whatever cookie comes with it."""
        services: Services = handler.settings[SERVICES_KEY]
        token, is_bearer = access_token(handler)
        if not token:
            return None
        try:
            actor = await services.logins.authenticate(token)
        except NotAuthenticatedError:
            return None
        except DatabaseUnavailableError as error:
            if getattr(handler, "is_codewithme_api", False) or getattr(handler, "is_open_page", False):
                raise
            raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE, error.message) from error
        handler._token_authenticated = is_bearer  # type: ignore[attr-defined]
        return actor

    def identity_model(self, user: User) -> dict[str, Any]:
        """What `/api/me` says."""
        return {
            "username": user.username,
            "name": user.name,
            "display_name": user.display_name,
            "initials": user.initials,
            "avatar_url": None,
            "color": user.color,
        }

    def get_handlers(self) -> list[tuple[str, object]]:
        """Jupyter's own addresses lead to our pages."""
        return [(r"/login", ToOurLogin), (r"/logout", LogOut)]

    @property
    def auth_enabled(self) -> bool:
        """Always: there is no way in without being known."""
        return True


class CodeWithMeIdentityProvider(LocalAuthMixin):
    """The stand-alone server's: local accounts and guests, nobody else."""


class ToOurLogin(JupyterHandler):
    """Jupyter's log-in address."""

    is_open_page = True

    @allow_unauthenticated
    def get(self) -> None:
        """On to our page, which checks `next` itself."""
        onward = self.request.query
        self.redirect(login_address(self.base_url) + (f"?{onward}" if onward else ""))


class LogOut(JupyterHandler):
    """Jupyter's log-out address, where Lab's menu leads."""

    is_open_page = True

    @allow_unauthenticated
    async def get(self) -> None:
        """The log-in ends, and the browser forgets it. Another site cannot log people out with a link to here."""
        if self.request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none"):
            actor = actor_of(self)
            if actor is not None:
                await _services(self).logins.logout(actor)
            clear_login_cookies(self)
        self.redirect(login_address(self.base_url))


def login_address(base_url: str) -> str:
    """Where strangers are sent who ask for a page."""
    return f"{base_url}codewithme/login"


def set_login_cookies(handler: JupyterHandler, grant: Grant) -> None:
    """Log the browser in that sent the request."""
    logins = _services(handler).logins
    options: dict[str, Any] = {
        "httponly": True,
        "samesite": "Lax",
        "secure": is_https(handler),
    }
    handler.set_cookie(ACCESS_COOKIE, grant.token, path=handler.base_url, max_age=logins.access_lifetime_s, **options)
    handler.set_cookie(
        REFRESH_COOKIE,
        grant.refreshToken,
        path=_refresh_path(handler),
        max_age=logins.refresh_lifetime_s,
        **options,
    )


def clear_login_cookies(handler: JupyterHandler) -> None:
    """Make the browser forget its log-in, which has ended or ends by the caller's hand."""
    handler.clear_cookie(ACCESS_COOKIE, path=handler.base_url)
    handler.clear_cookie(REFRESH_COOKIE, path=_refresh_path(handler))


def refresh_cookie(handler: JupyterHandler) -> str | None:
    """The refresh token the browser brought, if any; it is sent to `api/v1/auth/` only."""
    return handler.get_cookie(REFRESH_COOKIE)


def _refresh_path(handler: JupyterHandler) -> str:
    return f"{handler.base_url}api/v1/auth/"


def _services(handler: JupyterHandler) -> Services:
    services: Services = handler.settings[SERVICES_KEY]
    return services
