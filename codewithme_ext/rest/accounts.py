"""Registering, logging in, staying logged in."""

from http import HTTPStatus

from ..errors import ConflictError, NotAuthenticatedError, NotPermittedError
from ..interview.accounts.schemas import (
    AccessToken,
    Credentials,
    Grant,
    RefreshRequest,
    Registration,
    TokenPair,
    UserAnswer,
)
from ..jupyter.identity import clear_login_cookies, refresh_cookie, set_login_cookies
from .base import ApiHandler
from .contract import call


class RegisterHandler(ApiHandler):
    """auth/register."""

    @call(is_open=True, status=HTTPStatus.CREATED, raises=(ConflictError, NotPermittedError))
    async def post(self, body: Registration) -> Grant:
        """Make an account and log it in."""
        grant = await self.services.accounts.register(body)
        set_login_cookies(self, grant)
        return grant


class LoginHandler(ApiHandler):
    """auth/login."""

    @call(is_open=True, raises=(NotAuthenticatedError,))
    async def post(self, body: Credentials) -> Grant:
        """Log in."""
        grant = await self.services.accounts.login(body)
        set_login_cookies(self, grant)
        return grant


class RefreshHandler(ApiHandler):
    """auth/refresh."""

    @call(is_open=True, raises=(NotAuthenticatedError,))
    async def post(self, body: RefreshRequest) -> TokenPair:
        """Trade a refresh token, from the body or the browser's cookie, for a new pair."""
        token = body.refreshToken or refresh_cookie(self)
        if token is None:
            raise NotAuthenticatedError("There is no log-in to go on with. Log in again.")
        grant = await self._refresh(token)
        if body.refreshToken is None:
            set_login_cookies(self, grant)
        return TokenPair(token=grant.token, refreshToken=grant.refreshToken)

    async def _refresh(self, token: str) -> Grant:
        try:
            return await self.services.accounts.refresh(token)
        except NotAuthenticatedError:
            clear_login_cookies(self)
            raise


class LogoutHandler(ApiHandler):
    """auth/logout."""

    @call()
    async def post(self, body: RefreshRequest) -> None:
        """End this log-in."""
        token = body.refreshToken or refresh_cookie(self)
        if token is not None:
            await self.services.accounts.logout(token)
        clear_login_cookies(self)


class MeHandler(ApiHandler):
    """auth/me."""

    @call()
    async def get(self) -> UserAnswer:
        """Who asks."""
        return UserAnswer(user=await self.services.accounts.me(self.actor))


class TokenHandler(ApiHandler):
    """auth/token."""

    @call()
    async def post(self) -> AccessToken:
        """An access token for the Socket.IO handshake of a browser, whose cookie no script can read."""
        return self.services.accounts.access_token(self.actor)
