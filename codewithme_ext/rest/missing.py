"""Addresses under api/v1 that are none."""

from jupyter_server.auth.decorator import allow_unauthenticated

from ..errors import NotFoundError
from .base import ApiHandler


class MissingHandler(ApiHandler):
    """Anything else under api/v1."""

    @allow_unauthenticated
    async def prepare(self) -> None:  # type: ignore[override]  # Jupyter's returns what no caller uses
        """There is nothing here, for anybody."""
        self.answer_instead(NotFoundError("There is nothing at this address. See api/v1/docs for those there are."))
