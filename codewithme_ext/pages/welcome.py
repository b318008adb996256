"""Where the link leads that the server prints when it starts."""

from http import HTTPStatus

from jupyter_server.auth.decorator import allow_unauthenticated

from ..errors import NotAuthenticatedError
from ..jupyter.identity import set_login_cookies
from ..jupyter.sender import sender_of
from .address import local_address
from .base import PageHandler


class WelcomePage(PageHandler):
    """Logs the server's owner in as a host, as Jupyter's token link does."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Cookies and on to JupyterLab; a token of an earlier start gets a page that says where the new link is."""
        onward = local_address(self.get_query_argument("next", ""), self.base_url) or f"{self.base_url}lab"
        try:
            grant = await self.services.accounts.login_owner(self.get_query_argument("token", ""), sender_of(self))
        except NotAuthenticatedError:
            self.show("welcome_stale.html", HTTPStatus.FORBIDDEN)
            return
        set_login_cookies(self, grant)
        self.redirect(onward)
