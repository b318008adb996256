"""Two people and the snapshots of an interview: save, compare, restore while the other writes."""

import re

from playwright.sync_api import Page, expect

from conftest import Interview, editor
from server import admit, knock

FIRST = "def solve(n):\n    return n * 2\n"


def write(page: Page, text: str) -> None:
    """Put text at the end of the open file, as it is: the editor would indent what is typed."""
    editor(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(text)


def test_a_snapshot_is_saved_compared_and_restored_while_the_other_writes(interview: Interview) -> None:
    host_seat = interview.sit(interview.host)
    priya_seat = interview.sit(
        admit(interview.host, interview.session, knock(interview.host, interview.session)), scheme="dark"
    )
    host_seat.enter()
    priya_seat.enter()
    host, priya = host_seat.human, priya_seat.human

    # The candidate saves what works.
    write(priya.page, FIRST)
    expect(editor(host.page)).to_contain_text("return n * 2")
    editor(priya.page).press("Alt+Shift+S")
    priya.page.get_by_role("dialog").get_by_role("textbox").fill("Tests pass")
    priya.picture("20-save-snapshot")
    priya.page.get_by_role("dialog").get_by_role("button", name="Save").click()

    # The host sees it, and what has changed since.
    host.page.get_by_role("heading", name="Snapshots").or_(host.page.get_by_title("Snapshots")).first.click()
    snapshot = host.page.get_by_role("list", name="Snapshots").get_by_role("button", name=re.compile("Tests pass"))
    expect(snapshot).to_be_visible()
    write(priya.page, "\n\nprint(solve(3))\n")
    editor(priya.page).press("Control+Home")
    priya.page.keyboard.insert_text("import math\n")
    expect(editor(host.page)).to_contain_text("import math")
    host.picture("21-snapshots")
    snapshot.click()
    comparison = host.page.get_by_role("toolbar", name="Comparison")
    expect(comparison).to_contain_text("+3 −0")
    expect(host.page.locator(".jp-cwm-Merge")).to_contain_text("import math")
    host.picture("22-comparison")
    write(priya.page, "# live\n")
    expect(host.page.locator(".jp-cwm-Merge")).to_contain_text("# live")
    comparison.get_by_role("button", name="Side by side").click()
    expect(host.page.locator(".cm-mergeView")).to_be_visible()
    host.picture("23-side-by-side")

    # Restoring asks first; the other goes on writing in the same file.
    comparison.get_by_role("button", name="Restore for everyone").click()
    host.picture("24-restore")
    host.page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(editor(priya.page)).not_to_contain_text("import math")
    write(priya.page, "# after\n")
    expect(editor(priya.page)).to_contain_text("# after")
    expect(priya.page.get_by_text("Maya Lindqvist restored “Tests pass” for everyone.")).to_be_visible()
    priya.picture("25-restored")
    host.picture("25-restored")
    expect(host.page.get_by_role("list", name="Snapshots")).to_contain_text("Before restore")
