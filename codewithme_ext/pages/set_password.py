"""Where a sign-in link leads: its token is behind the #, so the server sees it only when the form is sent."""

from jupyter_server.auth.decorator import allow_unauthenticated

from .base import PageHandler


class SetPasswordPage(PageHandler):
    """A form for the new password; its script posts to `api/v1/auth/set-password`."""

    @allow_unauthenticated
    async def get(self) -> None:
        """The same for everybody: which links work, is no secret of the page's to tell."""
        self.show("set_password.html", onward=f"{self.base_url}lab")
