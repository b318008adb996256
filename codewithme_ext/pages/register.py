"""The page to make an account on."""

from jupyter_server.auth.decorator import allow_unauthenticated

from ..interview.accounts.service import RegistrationPolicy
from .address import local_address
from .base import PageHandler


class RegisterPage(PageHandler):
    """A form while registration is open; otherwise a page that says who to ask."""

    @allow_unauthenticated
    async def get(self) -> None:
        """The same for everybody, logged in or not."""
        onward = local_address(self.get_query_argument("next", ""), self.base_url) or f"{self.base_url}lab"
        if self.services.accounts.registration is RegistrationPolicy.OPEN:
            self.show("register.html", onward=onward)
        else:
            self.show("register_closed.html", onward=onward)
