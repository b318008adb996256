"""A run of HTML is shown as the page it makes, in a frame where it can do nothing (claims C38 and C39)."""

import socket

import pytest
from playwright.sync_api import expect

from conftest import Interview
from server import create_session

PAGE = """<!DOCTYPE html>
<html lang="en">
<head><title>Morning</title><style>h1 { color: rgb(0, 128, 128); }</style></head>
<body>
<h1>Good morning</h1>
<p><img src="http://127.0.0.1:%d/who-reads-this.png" alt="nothing"></p>
<p><a href="/base/api/me" target="_self">a link</a></p>
<script>document.querySelector("h1").textContent = "ran"; parent.trapped = 1;</script>
</body>
</html>
"""


def test_a_page_is_shown_and_runs_nothing(interview: Interview) -> None:
    trap = socket.create_server(("127.0.0.1", 0))
    trap.setblocking(False)
    interview.session = create_session(interview.host, language="html")
    host = interview.sit(interview.host)
    host.enter()
    page = host.human.page
    host.editor.click()
    page.keyboard.insert_text(PAGE % trap.getsockname()[1])
    page.locator("#jp-main-dock-panel").get_by_role("button", name="Run", exact=True).click()
    expect(page.locator('[data-cwm="run-status"]')).to_contain_text("Finished", timeout=20_000)
    frame = page.frame_locator("iframe[title='The page']")
    heading = frame.get_by_role("heading")
    expect(heading).to_have_text("Good morning")
    expect(heading).to_have_css("color", "rgb(0, 128, 128)")
    host.human.picture("70-page")
    assert page.evaluate("window.trapped") is None
    with trap, pytest.raises(BlockingIOError):
        trap.accept()  # nobody has knocked
    page.get_by_role("button", name="Output", exact=True).click()
    expect(page.get_by_role("log", name="Output")).to_contain_text("<h1>Good morning</h1>")
