"""A real server, one Chromium, and a browser context for each person of a story; every step leaves a picture."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from server import InterviewServer, interview_server

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
