"""The pages as a browser sees them, with the real rules behind them."""

from dataclasses import dataclass

from tornado.httpclient import AsyncHTTPClient, HTTPResponse

from codewithme_ext.interview.accounts.actor import Actor
from codewithme_ext.services import Services

BASE = "/base/"
OWNER_TOKEN = "the secret of this start"


@dataclass
class Site:
    """A running server. `actor` is who the browser belongs to; None is a stranger."""

    services: Services
    port: int
    actor: Actor | None = None

    async def get(self, path: str) -> HTTPResponse:
        """The answer to GET `path` (relative to the base URL), redirects not followed."""
        url = f"http://127.0.0.1:{self.port}{BASE}{path}"
        return await AsyncHTTPClient().fetch(url, follow_redirects=False, raise_error=False)
