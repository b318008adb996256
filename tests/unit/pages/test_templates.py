"""What people call themselves never becomes part of a page (claims C39, C70)."""

from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest

from codewithme_ext.pages.templates import render

EVIL = """"><script>alert(1)</script><img src=x onerror='alert(2)'>"""
GUEST = SimpleNamespace(name=EVIL, person_id=EVIL, is_guest=True)
ACCOUNT = SimpleNamespace(name=EVIL, is_guest=False)


def _door(state: str) -> SimpleNamespace:
    return SimpleNamespace(id=EVIL, state=state, host_name=EVIL, message=EVIL)


PAGES: list[tuple[str, dict[str, Any]]] = [
    ("login.html", {"onward": EVIL, "may_register": True, "actor": None}),
    ("register.html", {"onward": EVIL, "actor": None}),
    ("register_closed.html", {"onward": EVIL, "actor": None}),
    ("join.html", {"session_id": EVIL, "host_name": EVIL, "has_password": True, "view": "form", "actor": None}),
    ("join.html", {"session_id": EVIL, "host_name": None, "has_password": None, "view": "form", "actor": ACCOUNT}),
    ("join.html", {"session_id": EVIL, "host_name": EVIL, "has_password": False, "view": "waiting", "actor": GUEST}),
    ("own_invitation.html", {"interview": EVIL, "actor": ACCOUNT}),
    ("link_expired.html", {"actor": GUEST}),
    ("link_incomplete.html", {"actor": None}),
    ("missing.html", {"actor": None}),
    ("trouble.html", {"message": EVIL, "actor": None}),
    ("welcome_stale.html", {"actor": None}),
    *[("outcome.html", {"door": _door(state), "actor": GUEST}) for state in ("rejected", "removed", "ended", "left")],
]


class _Reader(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str | None] = []
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag == "script":
            self.scripts.append(dict(attrs).get("src"))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _read(template: str, values: dict[str, Any]) -> _Reader:
    reader = _Reader()
    reader.feed(render(template, base_url="/base/", **values))
    return reader


@pytest.mark.parametrize(("template", "values"), PAGES)
def test_no_name_becomes_markup(template: str, values: dict[str, Any]) -> None:
    page = _read(template, values)
    assert "img" not in page.tags
    assert all(source and source.startswith("/base/codewithme/assets/") for source in page.scripts)


@pytest.mark.parametrize(("template", "values"), PAGES)
def test_no_page_needs_inline_script_or_style(template: str, values: dict[str, Any]) -> None:
    page = _read(template, values)
    assert "style" not in page.tags
    assert "style" not in page.attributes
    assert [name for name in page.attributes if name.startswith("on")] == []


@pytest.mark.parametrize(("template", "values"), PAGES)
def test_every_page_has_one_heading_and_a_title(template: str, values: dict[str, Any]) -> None:
    tags = _read(template, values).tags
    assert tags.count("title") == 1
    # The join page has the waiting room in it, one of the two hidden.
    assert tags.count("h1") == (2 if template == "join.html" else 1)


def test_the_consent_box_is_never_ticked_beforehand() -> None:
    page = _read("join.html", PAGES[3][1])
    assert "checked" not in page.attributes


def test_a_stranger_is_asked_for_a_name_and_somebody_known_is_not() -> None:
    values = {"session_id": "1", "host_name": "Maya", "has_password": False, "view": "form"}
    known = SimpleNamespace(name="Tom Becker", is_guest=False)
    assert 'name="name"' in render("join.html", base_url="/", actor=None, **values)
    page = render("join.html", base_url="/", actor=known, **values)
    assert 'name="name"' not in page
    assert "Tom Becker" in page


@pytest.mark.parametrize(("has_password", "is_asked"), [(True, True), (False, False), (None, True)])
def test_a_password_is_asked_for_where_there_is_one(has_password: bool | None, is_asked: bool) -> None:
    page = render(
        "join.html",
        base_url="/",
        actor=None,
        session_id="1",
        host_name="Maya",
        has_password=has_password,
        view="form",
    )
    assert ('name="password"' in page) is is_asked
