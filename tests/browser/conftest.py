"""A real server, one Chromium, and a browser context for each person of a story; every step leaves a picture."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from wire import Wire, wire_to

from server import InterviewServer, Person, create_session, interview_server, register

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
LAB_TIMEOUT_MS = 60_000
STEP_TIMEOUT_MS = 20_000

expect.set_options(timeout=STEP_TIMEOUT_MS)


@dataclass
class Human:
    """Somebody at a browser of their own."""

    name: str
    context: BrowserContext
    page: Page
    server: InterviewServer
    errors: list[str] = field(default_factory=list)

    def go(self, address: str) -> None:
        """Open an address, absolute or below the base URL."""
        self.page.goto(address if "://" in address else self.server.url + address)

    def picture(self, step: str) -> None:
        """Keep what the person sees now."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{step}-{self.name.split()[0].lower()}.png")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InterviewServer]:
    """The server all stories share."""
    with interview_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing. Install it: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        browser.close()


class People:
    """Makes people; errors of their pages are kept and fail the test at its end."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._humans: list[Human] = []

    def __call__(self, name: str, server: InterviewServer, *, scheme: str = "light", width: int = 1440) -> Human:
        context = self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(STEP_TIMEOUT_MS)
        page = context.new_page()
        human = Human(name, context, page, server)
        page.on("pageerror", lambda error: human.errors.append(str(error)))
        self._humans.append(human)
        return human

    def close(self) -> list[str]:
        """Close every browser; what went wrong in their pages."""
        for human in self._humans:
            human.context.close()
        return [f"{human.name}: {error}" for human in self._humans for error in human.errors]


@pytest.fixture
def people(browser: Browser, request: pytest.FixtureRequest) -> Iterator[People]:
    """People for one story."""
    people = People(browser)
    yield people
    errors = people.close()
    assert errors == [], errors


def editor(page: Page) -> Locator:
    """The text of the file that is open."""
    return page.locator("#jp-main-dock-panel .jp-FileEditor:visible .cm-content")


@dataclass
class Seat:
    """Somebody in the interview: a browser, the network between it and the server, and the same person over HTTP."""

    human: Human
    person: Person
    wire: Wire
    address: str

    @property
    def editor(self) -> Locator:
        """The text of the file that is open."""
        return editor(self.human.page)

    @property
    def text(self) -> str:
        """What the editor shows."""
        return "\n".join(line.strip("\n") for line in self.editor.locator(".cm-line").all_inner_texts())

    @property
    def connection(self) -> Locator:
        """What the bar says of the connection."""
        return self.human.page.locator('.jp-cwm-Bar [data-cwm="connection"]')

    def enter(self) -> None:
        """Open the interview and wait for its editor."""
        self.human.page.goto(self.address, timeout=LAB_TIMEOUT_MS)
        expect(self.editor).to_be_visible(timeout=LAB_TIMEOUT_MS)

    def type(self, text: str) -> None:
        """Write at the end of the file."""
        self.editor.click()
        self.human.page.keyboard.press("Control+End")
        self.human.page.keyboard.type(text)


@dataclass
class Interview:
    """An interview that is going on, and everybody's seat."""

    host: Person
    session: dict[str, Any]
    people: People
    stack: ExitStack
    seats: list[Seat] = field(default_factory=list)

    def sit(self, person: Person, **look: Any) -> Seat:
        """Put somebody who is in the interview at a browser of their own."""
        human = self.people(person.user["name"], person.server, **look)
        wire = self.stack.enter_context(wire_to(person.server.port))
        origin = f"http://127.0.0.1:{wire.port}"
        # No refresh token: it can be used once, and these people sit in several browsers.
        human.context.add_cookies([{"name": "codewithme_access", "value": person.token, "url": origin}])
        address = f"{origin}{person.server.base_url}lab/workspaces/interview-{self.session['id']}"
        seat = Seat(human, person, wire, address)
        self.seats.append(seat)
        return seat


@pytest.fixture(scope="module")
def maya(server: InterviewServer) -> Person:
    """The host of every interview here."""
    return register(server)


@pytest.fixture
def interview(maya: Person, people: People) -> Iterator[Interview]:
    """A new interview."""
    with ExitStack() as stack:
        interview = Interview(maya, create_session(maya), people, stack)
        yield interview
        # Before their network goes away: what a page asks at that moment would count as its error.
        for seat in interview.seats:
            seat.human.page.close()
