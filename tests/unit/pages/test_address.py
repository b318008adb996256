"""Where a page may send somebody on to (claim C43)."""

import pytest

from codewithme_ext.pages.address import local_address, page_address

BASE = "/base/"


@pytest.mark.parametrize(
    "wanted",
    [
        "/base/lab",
        "/base/lab/workspaces/interview-1",
        "/base/lab/tree/a%20b.py?reset&x=1#there",
        "/base/codewithme/join/1?code=a.b",
        "/base/",
        "/base/lab?next=https://elsewhere.example/",
    ],
)
def test_an_address_of_this_server_is_kept_as_it_is(wanted: str) -> None:
    assert local_address(wanted, BASE) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "lab",
        "https://elsewhere.example/base/",
        "//elsewhere.example/base/",
        "///elsewhere.example/",
        "/\\elsewhere.example/",
        "/base/\\..\\..\\elsewhere",
        "/base/..//elsewhere.example/",
        "/base/%2e%2e/other",
        "/base/%5c%2e%2e/other",
        "/base//elsewhere.example/",
        "/base/\t/elsewhere.example",
        "/base/lab\r\nSet-Cookie: a=b",
        " /base/lab",
        "javascript:alert(1)",
        "/other/lab",
        "/basement/lab",
    ],
)
def test_an_address_that_could_lead_elsewhere_is_refused(wanted: str) -> None:
    assert local_address(wanted, BASE) is None


@pytest.mark.parametrize("wanted", ["//elsewhere.example", "/\\elsewhere.example", "/%2F/elsewhere.example"])
def test_at_the_root_of_a_host_a_second_slash_is_another_host(wanted: str) -> None:
    assert local_address(wanted, "/") is None


def test_every_part_of_a_page_address_is_quoted() -> None:
    assert page_address(BASE, "outcome", "a/b?c#d") == "/base/codewithme/outcome/a%2Fb%3Fc%23d"
