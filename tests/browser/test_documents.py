"""Documents in two browsers: what each may write, also without a network, and what nobody loses."""

import re

from playwright.sync_api import expect

from conftest import Human, Interview, Seat
from server import admit, knock

READING_MS = 1_000
"""Freezing takes effect within this time."""
KEPT_MS = 300
"""A browser has written to its IndexedDB after this time; there is no event that another page could see."""


def test_freezing_reaches_an_open_editor_and_unfreezing_too(interview: Interview) -> None:
    host = interview.sit(interview.host)
    priya = interview.sit(
        admit(interview.host, interview.session, knock(interview.host, interview.session)), scheme="dark"
    )
    host.enter()
    priya.enter()
    priya.type("before = 1\n")
    expect(host.editor).to_contain_text("before = 1")

    host.human.page.get_by_role("button", name="Freeze editor").click()
    notice = priya.human.page.get_by_text(re.compile(r"Maya froze the editor at \d\d:\d\d\."))
    expect(notice).to_be_visible(timeout=READING_MS)
    expect(priya.human.page.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    expect(priya.human.page.get_by_text("Read only while frozen")).to_be_visible()
    priya.type("while frozen")
    priya.human.page.keyboard.press("Control+z")
    host.type("by the host\n")
    expect(priya.editor).to_contain_text("by the host")
    assert priya.text == host.text == "before = 1\nby the host\n"
    host.human.picture("20-frozen")
    priya.human.picture("20-frozen")

    host.human.page.keyboard.press("Alt+Shift+F")
    expect(notice).not_to_be_visible(timeout=READING_MS)
    priya.type("after = 2\n")
    expect(host.editor).to_contain_text("after = 2")

    host.human.page.get_by_role("button", name="Time is up").click()
    expect(priya.human.page.get_by_text("Your code is saved as it is now.")).to_be_visible(timeout=READING_MS)
    priya.human.picture("21-time-is-up")


def test_what_somebody_typed_offline_before_the_end_can_be_copied_after_it(interview: Interview) -> None:
    priya = interview.sit(admit(interview.host, interview.session, knock(interview.host, interview.session)))
    priya.enter()
    priya.type("sent\n")
    expect(priya.connection).to_have_text("Saved")
    priya.wire.cut()
    expect(priya.connection).to_contain_text(re.compile("Reconnecting|Offline"))
    priya.type("never sent\n")
    page = priya.human.page
    page.wait_for_timeout(KEPT_MS)
    page.goto("about:blank")
    interview.host.call("POST", f"sessions/{interview.session['id']}/end", {})
    priya.wire.mend()
    page.goto(priya.address)
    expect(page.get_by_role("heading", name="The interview has ended")).to_be_visible()
    expect(page.get_by_role("heading", name="11 edits could not be sent")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value("sent\nnever sent\n")
    priya.human.picture("24-never-sent")
    page.get_by_role("button", name="Copy my version").click()
    expect(page.get_by_role("status")).to_have_text(re.compile("Copied|Ctrl"))
    page.get_by_role("button", name="Delete it from this browser").click()
    expect(page.get_by_role("textbox")).not_to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="The interview has ended")).to_be_visible()
    page.wait_for_timeout(KEPT_MS)
    expect(page.get_by_role("textbox")).not_to_be_visible()


def test_what_both_type_offline_is_there_once_also_after_a_reload(interview: Interview) -> None:
    host = interview.sit(interview.host)
    priya = interview.sit(
        admit(interview.host, interview.session, knock(interview.host, interview.session)), width=1280
    )
    host.enter()
    priya.enter()
    priya.type("start\n")
    expect(host.editor).to_contain_text("start")
    expect(priya.connection).to_have_text("Saved")

    for seat in (host, priya):
        seat.wire.cut()
        expect(seat.connection).to_contain_text(re.compile("Reconnecting|Offline"))
    host.type("from the host\n")
    priya.type("from the candidate\n")
    expect(priya.human.page.get_by_text("Reconnecting. You can keep writing.")).to_be_visible()
    priya.human.picture("22-offline")
    host.human.page.wait_for_timeout(KEPT_MS)

    # One closes the tab and comes back when the network has; the other's just goes on.
    host.human.page.goto("about:blank")
    for seat in (host, priya):
        seat.wire.mend()
    host.enter()
    expect(host.human.page.get_by_text("Back online. 14 edits were sent.")).to_be_visible()
    for seat in (host, priya):
        for line in ("start", "from the host", "from the candidate"):
            expect(seat.editor).to_contain_text(line)
        expect(seat.connection).to_have_text("Saved")
    host.human.picture("23-back-online")
    assert host.text == priya.text
    assert sorted(host.text.split()) == ["candidate", "from", "from", "host", "start", "the", "the"]
    assert not host.human.page.get_by_role("dialog").count()


def test_edits_that_cannot_be_sent_are_kept_said_and_sent_later(interview: Interview) -> None:
    host = interview.sit(interview.host)
    priya = interview.sit(
        admit(interview.host, interview.session, knock(interview.host, interview.session)), width=1280
    )
    host.enter()
    priya.enter()
    # Two tabs of one person are one person, and show the same text.
    page = priya.human.context.new_page()
    second = Seat(
        Human("Priya Nair", priya.human.context, page, priya.person.server), priya.person, priya.wire, priya.address
    )
    second.enter()
    second.type("start\n")
    for seat in (host, priya):
        expect(seat.editor).to_contain_text("start")
    people = host.human.page.get_by_role("list", name="In the interview").get_by_role("listitem")
    expect(people).to_have_count(2)
    page.close()

    priya.wire.cut()
    expect(priya.connection).to_contain_text(re.compile("Reconnecting|Offline"))
    priya.type("late")
    host.human.page.get_by_role("button", name="Freeze editor").click()
    expect(host.human.page.get_by_role("button", name="Unfreeze editor")).to_be_visible()
    priya.wire.mend()
    expect(priya.human.page.get_by_text("4 edits of yours were not sent")).to_be_visible()
    expect(priya.human.page.get_by_text("Maya froze the editor")).to_be_visible()
    priya.human.picture("24-not-sent")
    priya.human.page.get_by_role("button", name="Copy my version").click()
    expect(priya.human.page.get_by_role("button", name="Copied")).to_be_visible()
    assert priya.human.page.evaluate("navigator.clipboard.readText()") == "start\nlate"
    assert "late" not in host.text

    host.human.page.get_by_role("button", name="Unfreeze editor").click()
    expect(host.editor).to_contain_text("late")
    expect(priya.connection).to_have_text("Saved")
