"""One's own account: who I am, my password, where I am logged in, and the end of it."""

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.httputil import url_concat

from ..interview.accounts.schemas import DeviceView
from .base import PageHandler
from .programs import program_name


class AccountPage(PageHandler):
    """Its script changes things by `api/v1/auth/…`; what it shows is of the moment it was loaded."""

    @allow_unauthenticated
    async def get(self) -> None:
        """For people with an account; everybody else is asked to log in."""
        if self.actor is None or self.actor.is_guest:
            self.redirect(url_concat(self.page("login"), {"next": self.request.path}))
            return
        user = await self.services.accounts.me(self.actor)
        devices = (await self.services.logins.devices(self.actor)).devices
        self.show("account.html", user=user, devices=[(device, _name(device)) for device in devices])


def _name(device: DeviceView) -> str:
    return program_name(device.user_agent)
