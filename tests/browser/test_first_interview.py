"""A first real interview: two people, two browsers, one container engine, from the link to the end."""

import re

import pytest
from playwright.sync_api import expect

from conftest import LAB_TIMEOUT_MS, Human, People, editor
from server import InterviewServer

UNDO_STEP_MS = 800
"""A pause in typing after which the editor begins a new step to undo; there is no event for it."""


def in_the_interview(human: Human) -> None:
    """Wait until the interview's editor is there to be typed in."""
    human.page.wait_for_url(re.compile(r"/lab/workspaces/interview-"), timeout=LAB_TIMEOUT_MS)
    expect(editor(human.page)).to_be_visible(timeout=LAB_TIMEOUT_MS)
    expect(human.page.get_by_role("list", name="In the interview")).to_contain_text(human.name)


def create_interview(host: Human, title: str, problem: str) -> None:
    """From the dashboard: create an interview and enter it."""
    host.page.get_by_role("button", name="New interview").first.click(timeout=LAB_TIMEOUT_MS)
    host.page.get_by_role("textbox", name="Title", exact=True).fill(title)
    host.page.get_by_label("Problem", exact=False).last.fill(problem)
    host.picture("02-create")
    host.page.get_by_role("button", name="Create interview").click()


def copy_link(host: Human) -> str:
    """Press "Copy link" and read the clipboard."""
    host.page.get_by_role("button", name="Copy link").first.click()
    expect(host.page.get_by_role("button", name="Link copied").first).to_be_visible()
    link: str = host.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(host.server.url), link
    return link


def ask_to_join(guest: Human, link: str) -> None:
    """Open the link, give a name, agree, and ask."""
    guest.go(link)
    expect(guest.page.get_by_role("heading", name="invites you to an interview")).to_be_visible()
    assert not guest.page.get_by_role("checkbox").is_checked()
    guest.page.get_by_label("Your name").fill(guest.name)
    guest.page.get_by_role("checkbox").check()
    guest.picture("03-join")
    guest.page.get_by_role("button", name="Ask to join").click()
    expect(guest.page.get_by_role("heading", name="knows you are here")).to_be_visible()


def chat(human: Human, text: str) -> None:
    """Write to everyone."""
    human.page.get_by_role("textbox", name="Write to everyone").fill(text)
    human.page.keyboard.press("Enter")


def test_two_people_hold_an_interview(server: InterviewServer, people: People) -> None:
    host, priya = people("Olga Owner", server), people("Priya Nair", server, scheme="dark")

    # The interviewer opens JupyterLab by the link that the server printed, and creates an interview.
    host.go(server.owner_link)
    expect(host.page.get_by_text("Hold your first interview")).to_be_visible(timeout=LAB_TIMEOUT_MS)
    host.picture("01-dashboard")
    create_interview(
        host, "Backend engineer, round 2", "# Cache with expiry\n\nWrite a cache that holds `capacity` entries."
    )
    link = copy_link(host)
    host.page.get_by_role("button", name=re.compile("^Enter")).first.click()
    in_the_interview(host)
    expect(host.page.get_by_role("heading", name="Cache with expiry")).to_be_visible()

    # The candidate opens the link in a browser that knows nothing of us, gives a name and waits.
    ask_to_join(priya, link)
    assert "Backend engineer" not in priya.page.content()
    priya.picture("04-waiting")
    waiting = host.page.get_by_role("group", name="Priya Nair waits to be admitted")
    expect(waiting).to_be_visible()
    host.picture("05-somebody-waits")

    # A reload keeps the place in the waiting room; then the host admits.
    priya.page.reload()
    expect(priya.page.get_by_role("heading", name="knows you are here")).to_be_visible()
    waiting.get_by_role("button", name="Admit Priya Nair").click()
    in_the_interview(priya)
    expect(priya.page.get_by_role("heading", name="Cache with expiry")).to_be_visible()
    expect(host.page.get_by_role("list", name="In the interview")).to_contain_text("Priya Nair")

    # Both type in the same file and see each other's cursor.
    editor(host.page).click()
    host.page.keyboard.type("double = lambda x: 2 * x\n")
    expect(editor(priya.page)).to_contain_text("double = lambda x")
    editor(priya.page).click()
    priya.page.keyboard.press("Control+End")
    priya.page.keyboard.type("print('from Priya', double(21))")
    expect(editor(host.page)).to_contain_text("print('from Priya', double(21))")
    expect(host.page.locator(".jp-remote-cursor, .cm-ySelectionCaret").first).to_be_attached()
    expect(priya.page.locator(".jp-remote-cursor, .cm-ySelectionCaret").first).to_be_attached()

    # Undo takes back what one typed oneself, not what the other did.
    priya.page.wait_for_timeout(UNDO_STEP_MS)
    priya.page.keyboard.type("oops")
    expect(editor(host.page)).to_contain_text("oops")
    priya.page.keyboard.press("Control+z")
    expect(editor(host.page)).not_to_contain_text("oops")
    expect(editor(host.page)).to_contain_text("double = lambda x")
    expect(editor(host.page)).to_contain_text("print('from Priya', double(21))")

    # One presses Run; both see the output of a real container.
    priya.page.locator("#jp-main-dock-panel").get_by_role("button", name=re.compile("^Run")).first.click()
    for human in (priya, host):
        output = human.page.get_by_role("region", name="Output").or_(human.page.get_by_role("log", name="Output"))
        expect(output.first).to_contain_text("from Priya 42")
        expect(human.page.locator('[data-cwm="run-status"]')).to_contain_text("Finished")

    # They chat.
    chat(host, "Well done. <b>Not bold</b>")
    expect(priya.page.get_by_role("log", name="Chat")).to_contain_text("Well done. <b>Not bold</b>")
    chat(priya, "Thank you")
    expect(host.page.get_by_role("log", name="Chat")).to_contain_text("Thank you")
    host.picture("06-interview")
    priya.picture("06-interview")

    # A reload in the middle: back in by itself, with the code, the chat and the last output.
    priya.page.reload()
    in_the_interview(priya)
    expect(editor(priya.page)).to_contain_text("from Priya")
    expect(priya.page.get_by_role("log", name="Chat")).to_contain_text("Well done")
    host.page.reload()
    in_the_interview(host)
    expect(host.page.get_by_role("list", name="In the interview")).to_contain_text("Priya Nair")

    # The interviewer ends the interview, and the candidate is out.
    host.page.get_by_role("button", name="End interview").first.click()
    host.picture("07-end")
    host.page.get_by_role("dialog").get_by_role("button", name="End interview").click()
    priya.page.wait_for_url(re.compile(r"/codewithme/outcome/"))
    expect(priya.page.get_by_role("heading", name="The interview has ended")).to_be_visible()
    priya.picture("08-ended")
    host.picture("08-ended")
    priya.go(link)
    expect(priya.page.get_by_role("heading", name="The interview has ended")).to_be_visible()


def test_a_program_is_typed_into_and_another_is_stopped(server: InterviewServer, people: People) -> None:
    host = people("Olga Owner", server)
    host.go(server.owner_link)
    create_interview(host, "Names", "")
    copy_link(host)
    host.page.get_by_role("button", name=re.compile("^Enter")).first.click()
    in_the_interview(host)
    run = host.page.locator("#jp-main-dock-panel").get_by_role("button", name="Run", exact=True)
    output = host.page.get_by_role("log", name="Output")
    status = host.page.locator('[data-cwm="run-status"]')
    editor(host.page).click()
    host.page.keyboard.type("print('hello', input('name? '))")
    run.click()
    expect(output).to_contain_text("name?")
    host.page.get_by_role("textbox", name="Input for the running program").fill("Ada")
    host.page.keyboard.press("Enter")
    expect(output).to_contain_text("hello Ada")
    expect(status).to_contain_text("Finished")
    host.picture("12-typed-into")

    editor(host.page).click()
    host.page.keyboard.press("Control+a")
    host.page.keyboard.type("while True: print('again', flush=True)")
    run.click()
    expect(output).to_contain_text("again")
    expect(host.page.locator("#jp-main-dock-panel").get_by_role("button", name="Stop", exact=True)).to_be_visible()
    host.page.keyboard.press("Control+Shift+Period")
    expect(status).to_contain_text("Stopped")


def test_a_rejected_person_does_not_come_back(server: InterviewServer, people: People) -> None:
    host, jun = people("Olga Owner", server), people("Jun Watanabe", server)
    host.go(server.owner_link)
    create_interview(host, "Data engineer, first talk", "")
    link = copy_link(host)
    host.page.get_by_role("button", name=re.compile("^Enter")).first.click()
    in_the_interview(host)
    ask_to_join(jun, link)
    waiting = host.page.get_by_role("group", name="Jun Watanabe waits to be admitted")
    waiting.get_by_role("button", name="Reject Jun Watanabe").click()
    waiting.get_by_role("textbox").fill("We will write to you.")
    host.picture("09-reject")
    waiting.get_by_role("button", name=re.compile("^Reject")).last.click()
    expect(jun.page.get_by_role("heading", name="did not admit you")).to_be_visible()
    expect(jun.page.get_by_text("We will write to you.")).to_be_visible()
    jun.picture("10-rejected")
    jun.go(link)
    expect(jun.page.get_by_role("heading", name="did not admit you")).to_be_visible()
    # Another browser, where nobody knows Jun, gets no further by the same link.
    again = people("Jun Again", server)
    again.go(link)
    expect(again.page.get_by_role("heading", name="This link has expired")).to_be_visible()


def test_the_candidate_reaches_nothing_else(server: InterviewServer, people: People) -> None:
    host, priya = people("Olga Owner", server), people("Priya Nair", server)
    host.go(server.owner_link)
    create_interview(host, "Frontend pairing", "")
    link = copy_link(host)
    host.page.get_by_role("button", name=re.compile("^Enter")).first.click()
    in_the_interview(host)
    ask_to_join(priya, link)
    host.page.get_by_role("button", name="Admit Priya Nair").click()
    in_the_interview(priya)
    for hidden in ("#jp-menu-panel", ".jp-Launcher", ".jp-SideBar .lm-TabBar-tab[data-id='filebrowser']"):
        expect(priya.page.locator(hidden)).not_to_be_visible()
    for address in ("api/contents", "api/terminals", "api/kernels", "lab/api/settings", "files/../codewithme.sqlite"):
        status = priya.page.evaluate("async path => (await fetch(path)).status", server.url + address)
        body = priya.page.evaluate("async path => (await fetch(path)).text()", server.url + address)
        assert status in (200, 403, 404), (address, status)
        assert "Frontend pairing" not in body
    priya.go("lab")
    expect(priya.page).not_to_have_url(re.compile(r"/lab$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_of_the_pages_outside_lab(server: InterviewServer, people: People, scheme: str) -> None:
    stranger = people("Stranger", server, scheme=scheme)
    for page in ("login", "register", "nowhere", "join/00000000-0000-4000-8000-000000000000?code=x"):
        stranger.go(f"codewithme/{page}")
        expect(stranger.page.get_by_role("heading").first).to_be_visible()
        stranger.picture(f"11-{page.split('/')[0]}-{scheme}")
