"""The sender's address: only trusted proxies are believed (claim C8)."""

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from codewithme_ext.errors import ConfigurationError
from codewithme_ext.jupyter.sender import TrustedProxies


def request(peer: str, **headers: str) -> HTTPServerRequest:
    """A request from `peer`."""
    lines = HTTPHeaders({"Host": "x", **{name.replace("_", "-"): value for name, value in headers.items()}})
    sent = HTTPServerRequest(start_line=RequestStartLine("GET", "/", "HTTP/1.1"), headers=lines)
    sent.remote_ip = peer
    sent.protocol = "http"
    return sent


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "address"),
    [
        ("", "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.0/8", "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.0/8", "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.0/8", "10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.0/8", "10.0.0.1", "1.2.3.4, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.0.0.0/8", "10.0.0.1", "10.1.1.1, 10.9.9.9", "10.1.1.1"),
        ("10.0.0.0/8", "10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1"),
        ("127.0.0.1, ::1", "::1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "::ffff:127.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.0/8", "", "1.2.3.4", ""),
    ],
)
def test_the_address_is_the_last_one_that_is_no_trusted_proxy(
    trusted: str, peer: str, forwarded: str, address: str
) -> None:
    assert TrustedProxies.parse(trusted).address(request(peer, X_Forwarded_For=forwarded)) == address


@pytest.mark.parametrize(("trusted", "is_https"), [("", False), ("10.0.0.0/8", True)])
def test_tls_is_believed_of_trusted_proxies_alone(trusted: str, is_https: bool) -> None:
    assert TrustedProxies.parse(trusted).is_https(request("10.0.0.1", X_Forwarded_Proto="https")) is is_https


def test_a_wrong_network_is_named() -> None:
    with pytest.raises(ConfigurationError, match="trusted_proxies"):
        TrustedProxies.parse("10.0.0.0/8, proxy.example")
