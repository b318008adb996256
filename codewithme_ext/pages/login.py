"""The page to log in on, and where everybody ends who asks for a page without being logged in."""

from jupyter_server.auth.decorator import allow_unauthenticated

from ..interview.accounts.service import RegistrationPolicy
from .address import local_address
from .base import PageHandler


class LoginPage(PageHandler):
    """A form; its script posts to `api/v1/auth/login`, and first tries to refresh a log-in that has only run out."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Whoever is logged in with an account goes on at once; a guest may be a host as well, so they see the form."""
        onward = local_address(self.get_query_argument("next", ""), self.base_url) or f"{self.base_url}lab"
        if self.actor is not None and not self.actor.is_guest:
            self.redirect(onward)
            return
        self.show(
            "login.html",
            onward=onward,
            may_register=self.services.accounts.registration is RegistrationPolicy.OPEN,
        )
