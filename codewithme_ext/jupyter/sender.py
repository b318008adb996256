"""Where a request comes from: the peer's address, or what a proxy says that the settings trust."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler

from ..errors import ConfigurationError
from ..interview.accounts.actor import Sender

PROXIES_KEY = "codewithme_trusted_proxies"


@dataclass(frozen=True)
class TrustedProxies:
    """The reverse proxies whose headers are believed. Anybody else's `X-Forwarded-…` is only something that was sent."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """From the setting `trusted_proxies`. Raises ConfigurationError."""
        try:
            return cls(tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()))
        except ValueError as error:
            raise ConfigurationError(
                f"trusted_proxies names something that is no address or network: {error}. Write 127.0.0.1, 10.0.0.0/8."
            ) from error

    def address(self, request: HTTPServerRequest) -> str:
        """The sender's address: the last one in the chain of proxies that is not a trusted proxy itself."""
        address = request.remote_ip or ""
        hops = ",".join(request.headers.get_list("X-Forwarded-For")).split(",")
        while self._trusts(address) and hops:
            hop = _parsed(hops.pop())
            if hop is None:
                break
            address = str(hop)
        return address

    def is_https(self, request: HTTPServerRequest) -> bool:
        """Whether the sender's browser speaks TLS, to us or to a trusted proxy."""
        if self._trusts(request.remote_ip or "") and "X-Forwarded-Proto" in request.headers:
            return request.headers["X-Forwarded-Proto"].rpartition(",")[2].strip().lower() == "https"
        return request.protocol == "https"

    def _trusts(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self.networks)


def sender_of(handler: RequestHandler) -> Sender:
    """Who sent the request, as far as the connection tells."""
    return Sender(_proxies(handler).address(handler.request), handler.request.headers.get("User-Agent", ""))


def is_https(handler: RequestHandler) -> bool:
    """Whether cookies may be for TLS only."""
    return _proxies(handler).is_https(handler.request)


def _proxies(handler: RequestHandler) -> TrustedProxies:
    proxies: TrustedProxies = handler.settings.get(PROXIES_KEY) or TrustedProxies()
    return proxies


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(text.strip())
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed
