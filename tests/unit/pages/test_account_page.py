"""The account page: for whom it is, and what it shows."""

from collections.abc import Awaitable, Callable

import pytest
from small_site import Site

from codewithme_ext.interview.accounts.actor import Actor, Sender
from codewithme_ext.interview.accounts.schemas import Credentials
from codewithme_ext.pages.programs import program_name

Accounts = Callable[[str], Awaitable[Actor]]


async def test_whoever_is_not_logged_in_is_asked_to_and_comes_back(site: Site) -> None:
    answer = await site.get("codewithme/account")
    assert answer.code == 302
    assert answer.headers["Location"] == "/base/codewithme/login?next=%2Fbase%2Fcodewithme%2Faccount"


async def test_the_page_shows_who_i_am_and_where_i_am_logged_in_and_nobody_elses(site: Site, account: Accounts) -> None:
    maya, _ = await account("Maya Lindqvist"), await account("Tomas Ortega")
    phone = Sender("203.0.113.7", "<script>alert(1)</script> Mozilla/5.0")
    await site.services.accounts.login(
        Credentials(email="maya.lindqvist@company.example", password="correct horse"), phone
    )
    site.actor = maya
    page = (await site.get("codewithme/account")).body.decode()
    assert "maya.lindqvist@company.example" in page
    assert page.count("data-device=") == 2
    assert page.count("This one") == 1
    assert "203.0.113.7" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "Tomas" not in page


async def test_the_servers_owner_has_no_password_to_change(site: Site) -> None:
    grant = await site.services.accounts.login_owner(site.services.settings.owner_token)
    site.actor = await site.services.logins.authenticate(grant.token)
    page = (await site.get("codewithme/account")).body.decode()
    assert "Owner of this server" in page
    assert 'type="password"' not in page


async def test_a_sign_in_link_opens_the_same_form_for_everybody(site: Site) -> None:
    answer = await site.get("codewithme/set-password")
    assert answer.code == 200
    assert 'autocomplete="new-password"' in answer.body.decode()


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
            "Safari on Mac",
        ),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Unheard of) Firefox/1", "Firefox"),
        ("python-httpx/0.28.1", "python-httpx/0.28.1"),
        ("x" * 300, "x" * 40),
        ("", "An unknown program"),
    ],
)
def test_programs_are_called_what_people_call_them(user_agent: str, name: str) -> None:
    assert program_name(user_agent) == name
