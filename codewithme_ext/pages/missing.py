"""Whatever lies below `codewithme/` and is no page."""

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import HTTPError

from .base import PageHandler


class MissingPage(PageHandler):
    """The last route of ours: "There is no page here"."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Always the same 404, but for a slash too many at the end of an address."""
        bare = self.request.path.rstrip("/")
        if bare != self.request.path:
            self.redirect(f"{bare}?{self.request.query}" if self.request.query else bare)
            return
        _ = self.xsrf_token
        raise HTTPError(404)
