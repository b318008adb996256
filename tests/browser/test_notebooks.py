"""A notebook that two people write in, in the stock notebook editor."""

import json

from playwright.sync_api import Page, expect

from conftest import LAB_TIMEOUT_MS, People
from server import InterviewServer, Person, admit, create_session, knock, register

NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": "first = 1"}
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def test_two_people_write_in_a_notebook(server: InterviewServer, people: People) -> None:
    maya = register(server)
    session = create_session(maya)
    priya = admit(maya, session, knock(maya, session))
    path = f"{session['folder']}/work.ipynb"
    put = maya.request("PUT", f"api/contents/{path}", json={"type": "notebook", "format": "json", "content": NOTEBOOK})
    assert put.status_code == 201
    host, candidate = (_open(people, person, session["id"], path) for person in (maya, priya))
    for page, text in ((host, "# by the host"), (candidate, "# by the candidate")):
        page.locator(".jp-Notebook .cm-content").first.click()
        page.keyboard.press("Control+End")
        page.keyboard.type(f"\n{text}")
        for other in (host, candidate):
            expect(other.locator(".jp-Notebook .cm-content").first).to_contain_text(text)
    written = maya.call("GET", f"sessions/{session['id']}/documents/work.ipynb/text")
    (cell,) = json.loads(written["text"])["cells"]
    assert "".join(cell["source"]) == "first = 1\n# by the host\n# by the candidate"


def test_a_notebook_that_somebody_deleted_says_so_and_can_be_put_back(server: InterviewServer, people: People) -> None:
    maya = register(server)
    session = create_session(maya)
    path = f"{session['folder']}/work.ipynb"
    put = maya.request("PUT", f"api/contents/{path}", json={"type": "notebook", "format": "json", "content": NOTEBOOK})
    assert put.status_code == 201
    page = _open(people, maya, session["id"], path)
    page.locator(".jp-Notebook .cm-content").first.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nsecond = 2")
    expect(page.locator('.jp-cwm-Bar [data-cwm="connection"]')).to_have_text("Saved")
    assert maya.request("DELETE", f"api/contents/{path}").status_code == 204
    expect(page.get_by_text("deleted this file.")).to_be_visible()
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_text("deleted this file.")).to_have_count(0)
    expect(page.locator(".jp-Notebook .cm-content").first).to_contain_text("second = 2")
    (cell,) = maya.request("GET", f"api/contents/{path}").json()["content"]["cells"]
    assert cell["source"] == "first = 1\nsecond = 2"


def _open(people: People, person: Person, session_id: str, path: str) -> Page:
    page = people(person.user["name"], person.server).page
    cookies = {"codewithme_access": person.token, "codewithme_refresh": person.refresh_token}
    page.context.add_cookies([{"name": n, "value": v, "url": person.server.origin} for n, v in cookies.items()])
    page.goto(f"{person.server.url}lab/workspaces/interview-{session_id}/tree/{path}")
    without = page.locator(".jp-Dialog").get_by_role("button", name="No Kernel")
    page.add_locator_handler(without, lambda: without.click())  # it asks for a kernel when it likes
    expect(page.locator(".jp-Notebook .cm-content").first).to_be_visible(timeout=LAB_TIMEOUT_MS)
    return page
