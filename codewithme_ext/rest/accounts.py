"""Registering, logging in, staying logged in."""

from http import HTTPStatus

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import authenticated

from ..errors import NotAuthenticatedError
from ..interview.accounts.schemas import Credentials, Grant, RefreshRequest, Registration
from ..interview.wire import Shape
from ..jupyter.identity import clear_login_cookies, refresh_cookie, set_login_cookies
from .base import ApiHandler


class RegisterHandler(ApiHandler):
    """POST auth/register."""

    @allow_unauthenticated
    async def post(self) -> None:
        """Make an account and log it in."""
        grant = await self.services.accounts.register(self.shape(Registration))
        set_login_cookies(self, grant)
        self.answer(grant, HTTPStatus.CREATED)


class LoginHandler(ApiHandler):
    """POST auth/login."""

    @allow_unauthenticated
    async def post(self) -> None:
        """Log in."""
        grant = await self.services.accounts.login(self.shape(Credentials))
        set_login_cookies(self, grant)
        self.answer(grant)


class RefreshHandler(ApiHandler):
    """POST auth/refresh."""

    @allow_unauthenticated
    async def post(self) -> None:
        """Trade a refresh token, from the body or the browser's cookie, for a new pair."""
        given = self.shape(RefreshRequest).refreshToken
        token = given or refresh_cookie(self)
        if token is None:
            raise NotAuthenticatedError("There is no log-in to go on with. Log in again.")
        grant = await self._refresh(token)
        if given is None:
            set_login_cookies(self, grant)
        self.answer({"token": grant.token, "refreshToken": grant.refreshToken})

    async def _refresh(self, token: str) -> Grant:
        try:
            return await self.services.accounts.refresh(token)
        except NotAuthenticatedError:
            clear_login_cookies(self)
            raise


class LogoutHandler(ApiHandler):
    """POST auth/logout."""

    @authenticated
    async def post(self) -> None:
        """End this log-in."""
        token = self.shape(RefreshRequest).refreshToken or refresh_cookie(self)
        if token is not None:
            await self.services.accounts.logout(token)
        clear_login_cookies(self)
        self.answer_nothing()


class MeHandler(ApiHandler):
    """GET auth/me."""

    @authenticated
    async def get(self) -> None:
        """Who asks."""
        user = await self.services.accounts.me(self.actor)
        self.answer({"user": user.model_dump(mode="json")})


class TokenHandler(ApiHandler):
    """POST auth/token."""

    @authenticated
    async def post(self) -> None:
        """An access token for the Socket.IO handshake of a browser, whose cookie no script can read."""
        self.shape(Shape)
        self.answer(self.services.accounts.access_token(self.actor))
