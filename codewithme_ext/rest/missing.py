"""Addresses under api/v1 that are none."""

from typing import NoReturn

from jupyter_server.auth.decorator import allow_unauthenticated

from ..errors import NotFoundError
from .base import ApiHandler


class MissingHandler(ApiHandler):
    """Anything else under api/v1: there is nothing here, for anybody; asking counts as everywhere."""

    @allow_unauthenticated
    def get(self, *_path: str) -> NoReturn:
        """Raises NotFoundError."""
        raise NotFoundError("There is nothing at this address. See api/v1/docs for those there are.")

    head = post = put = patch = delete = options = get
