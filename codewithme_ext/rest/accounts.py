"""Registering, logging in, staying logged in."""

from http import HTTPStatus

from ..errors import (
    ConflictError,
    GoneError,
    LimitsUnavailableError,
    NotAuthenticatedError,
    NotPermittedError,
    WrongPasswordError,
)
from ..interview.accounts.schemas import (
    AccessToken,
    Credentials,
    DeviceList,
    Grant,
    NewPassword,
    PasswordChange,
    PasswordProof,
    RefreshRequest,
    Registration,
    TokenPair,
    UserAnswer,
)
from ..interview.privacy.schemas import PersonalData
from ..jupyter.identity import access_token, clear_login_cookies, refresh_cookie, set_login_cookies
from .base import ApiHandler
from .contract import call

_PASSWORD = (NotPermittedError, WrongPasswordError, LimitsUnavailableError)


class RegisterHandler(ApiHandler):
    """auth/register."""

    @call(is_open=True, status=HTTPStatus.CREATED, raises=(ConflictError, NotPermittedError, LimitsUnavailableError))
    async def post(self, body: Registration) -> Grant:
        """Make an account and log it in."""
        grant = await self.services.accounts.register(body, self.sender)
        set_login_cookies(self, grant)
        return grant


class LoginHandler(ApiHandler):
    """auth/login."""

    @call(is_open=True, raises=(NotAuthenticatedError, LimitsUnavailableError))
    async def post(self, body: Credentials) -> Grant:
        """Log in."""
        grant = await self.services.accounts.login(body, self.sender)
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
            return await self.services.logins.refresh(token, self.sender)
        except NotAuthenticatedError:
            clear_login_cookies(self)
            raise


class LogoutHandler(ApiHandler):
    """auth/logout."""

    @call()
    async def post(self, body: RefreshRequest) -> None:
        """End this log-in."""
        await self.services.logins.logout(self.actor, body.refreshToken or refresh_cookie(self))
        clear_login_cookies(self)


class MeHandler(ApiHandler):
    """auth/me."""

    @call()
    async def get(self) -> UserAnswer:
        """Who asks."""
        return UserAnswer(user=await self.services.accounts.me(self.actor))

    @call(raises=_PASSWORD)
    async def delete(self, body: PasswordProof) -> None:
        """Delete the account and every interview it hosts.

        What was said and done in other people's interviews stays there, under the name it was done by.
        """
        await self.services.account_deletion.delete(self.actor, body, self.sender)
        clear_login_cookies(self)


class MyDataHandler(ApiHandler):
    """auth/me/export."""

    @call()
    async def get(self) -> PersonalData:
        """Everything that is kept of whoever asks."""
        return await self.services.privacy.export(self.actor)


class TokenHandler(ApiHandler):
    """auth/token."""

    @call()
    async def post(self) -> AccessToken:
        """An access token for the Socket.IO handshake of a browser, whose cookie no script can read.

        It lives as long as the one it was asked for with.
        """
        return self.services.logins.copy(access_token(self)[0])


class PasswordHandler(ApiHandler):
    """auth/password."""

    @call(raises=_PASSWORD)
    async def post(self, body: PasswordChange) -> Grant:
        """Change the password.

        Every log-in ends, with its tokens and live connections, but the new one that is answered.
        """
        grant = await self.services.accounts.change_password(self.actor, body, self.sender)
        set_login_cookies(self, grant)
        return grant


class SetPasswordHandler(ApiHandler):
    """auth/set-password."""

    @call(is_open=True, raises=(GoneError, LimitsUnavailableError))
    async def post(self, body: NewPassword) -> Grant:
        """Set the password by a sign-in link, and log in."""
        grant = await self.services.accounts.set_password(body, self.sender)
        set_login_cookies(self, grant)
        return grant


class DevicesHandler(ApiHandler):
    """auth/devices."""

    @call()
    async def get(self) -> DeviceList:
        """Where I am logged in, last used first."""
        return await self.services.logins.devices(self.actor)

    @call()
    async def delete(self) -> None:
        """Log me out everywhere but here."""
        await self.services.logins.revoke_others(self.actor)


class DeviceHandler(ApiHandler):
    """auth/devices/:id."""

    @call()
    async def delete(self, device_id: str) -> None:
        """Log one of my devices out."""
        await self.services.logins.revoke(self.actor, device_id)
