"""The account page in a browser: by keyboard, in both themes, and what it does to other devices."""

import httpx
from playwright.sync_api import expect

from conftest import People
from server import PLAIN, InterviewServer, Person, person_from, register

PASSWORD, NEW = "correct horse battery", "another horse entirely"


def log_in(server: InterviewServer, maya: Person, user_agent: str) -> Person:
    """Maya with another program."""
    answer = httpx.post(
        f"{server.url}api/v1/auth/login",
        json={"email": maya.user["email"], "password": PASSWORD},
        headers={"User-Agent": user_agent},
        timeout=30,
        verify=PLAIN,
    )
    return person_from(server, answer.json()["data"])


def is_known(person: Person) -> bool:
    """Whether a device is still logged in."""
    return person.request("GET", "api/v1/auth/me").status_code == 200


def test_somebody_looks_after_their_account_by_keyboard(server: InterviewServer, people: People) -> None:
    maya = register(server)
    phone = log_in(server, maya, "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1")
    script = log_in(server, maya, "company-script/1.0")
    browser = people("Maya Lindqvist", server)
    page = browser.page
    browser.go("codewithme/account")
    page.get_by_label("Email").fill(maya.user["email"])
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        browser.picture(f"account-{scheme}")

    device = page.get_by_role("listitem").filter(has_text="Safari on iPhone")
    device.get_by_role("button", name="Log out").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Safari on iPhone is logged out.")).to_be_focused()
    expect(device).to_have_count(0)
    assert not is_known(phone)
    assert is_known(script)

    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").press("Enter")
    assert maya.user["email"] in download.value.path().read_text()

    present, new = page.get_by_label("Present password"), page.get_by_label("New password")
    present.fill("wrong")
    new.fill("short")
    new.press("Enter")
    expect(page.get_by_text("Use at least 8 characters, and at most 1024.")).to_be_visible()
    new.fill(NEW)
    new.press("Enter")
    expect(page.get_by_text("The password does not match. Check it and try again.")).to_be_visible()
    present.fill(PASSWORD)
    present.press("Enter")
    expect(page.get_by_text("Your password is changed. You are logged out everywhere else.")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(1)
    assert not is_known(script)
    assert not is_known(maya)

    page.get_by_text("Delete my account", exact=True).press("Enter")
    page.get_by_label("Your password", exact=True).fill(NEW)
    page.get_by_label("Your password", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.get_by_label("Email").fill(maya.user["email"])
    page.get_by_label("Password").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Email and password do not match.")).to_be_visible()
