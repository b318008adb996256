"""Two people and the files of an interview: made, renamed, moved and deleted by one, seen by the other."""

import re

from playwright.sync_api import Locator, Page, expect

from conftest import Interview, Seat
from server import admit, knock


def line(page: Page, name: str) -> Locator:
    """A file in the list."""
    return page.locator(".jp-cwm-Files .jp-DirListing-item", has_text=re.compile(f"^{re.escape(name)}"))


def tab(page: Page, name: str) -> Locator:
    """The tab of an open file."""
    return page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text=name)


def name_it(seat: Seat, name: str) -> None:
    """Give the name that the list asks for."""
    field = seat.human.page.locator(".jp-DirListing-editor")
    expect(field).to_be_focused()
    field.fill(name)
    field.press("Enter")


def test_one_makes_renames_and_deletes_files_and_the_other_follows(interview: Interview) -> None:
    host = interview.sit(interview.host)
    priya = interview.sit(
        admit(interview.host, interview.session, knock(interview.host, interview.session)), scheme="dark"
    )
    host.enter()
    priya.enter()
    one, other = host.human.page, priya.human.page

    # A new file, named in place, opens for the one who made it and is in everybody's list.
    other.get_by_role("button", name="New file").click()
    priya.human.picture("30-new-file")
    name_it(priya, "helper.py")
    expect(tab(other, "helper.py")).to_be_visible()
    line(one, "helper.py").dblclick()
    expect(tab(one, "helper.py")).to_be_visible()
    priya.type("shared = 1\n")
    expect(host.editor).to_contain_text("shared = 1")

    # Renamed under both their hands, they go on in the same document.
    line(one, "helper.py").click()
    one.keyboard.press("F2")
    name_it(host, "tools.py")
    for page in (one, other):
        expect(tab(page, "tools.py")).to_be_visible()
        expect(line(page, "tools.py")).to_be_visible()
    priya.type("after = 2\n")
    expect(host.editor).to_contain_text("after = 2")
    host.human.picture("31-renamed")

    # A folder, a file dragged into it, and the way back out.
    other.get_by_role("button", name="New folder").click()
    name_it(priya, "src")
    expect(line(one, "src")).to_be_visible()
    line(other, "tools.py").drag_to(line(other, "src"))
    expect(line(one, "tools.py")).to_have_count(0)
    line(one, "src").dblclick()
    expect(line(one, "tools.py")).to_be_visible()
    host.human.picture("32-folder")

    # Deleted: whoever has it open is told, and may put it back.
    line(one, "tools.py").click()
    host.human.picture("33-selected")
    one.keyboard.press("Delete")
    host.human.picture("33-delete")
    one.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(other.get_by_text("deleted this file.")).to_be_visible()
    priya.human.picture("34-deleted")
    host.human.picture("34-deleted")
    other.get_by_role("button", name="Put it back").click()
    expect(line(one, "tools.py")).to_be_visible()
    expect(other.get_by_text("deleted this file.")).to_have_count(0)
    expect(priya.editor).to_contain_text("after = 2")
