"""The reference says what the code does."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codewithme_ext.cli.main import CodeWithMeCommand
from codewithme_ext.events.types import EVENT_TYPES
from codewithme_ext.http_reference import reference_text
from codewithme_ext.pages.reference import Reference, split
from codewithme_ext.pages.templates import render
from codewithme_ext.realtime import fanout, waiting_list, wording
from codewithme_ext.realtime.namespace import InterviewNamespace
from codewithme_ext.realtime.reference import RECEIVED, SENT
from codewithme_ext.rest.base import STATUS
from codewithme_ext.rest.openapi import OpenApi, operations
from codewithme_ext.rest.routes import ADDRESSES

ROOT = Path(__file__).parents[3]


def test_the_reference_in_the_repository_is_current() -> None:
    assert (ROOT / "docs/http.md").read_text() == reference_text(), (
        "Run python -m codewithme_ext.http_reference docs/http.md"
    )


def test_every_error_and_every_kind_of_activity_is_in_the_reference() -> None:
    text = reference_text()
    codes = {error.code for error in STATUS} | {"bad_request", "method_not_allowed", "internal"}
    recorded = {event.type for event in EVENT_TYPES if event.recorded}
    assert [word for word in (*codes, *recorded) if f"| `{word}` |" not in text] == []
    assert [event.type for event in EVENT_TYPES if not event.__doc__] == []


def test_every_command_is_in_the_manual() -> None:
    manual = (ROOT / "docs/operations.md").read_text()
    assert [command for command in _commands(CodeWithMeCommand) if f"`{command}`" not in manual] == []


def _commands(group: Any, words: str = "") -> Iterator[str]:
    for name, (command, _) in group.subcommands.items():
        if isinstance(command.subcommands, dict):
            yield from _commands(command, f"{words}{name} ")
        else:
            yield f"{words}{name}"


def test_every_link_within_the_reference_leads_somewhere() -> None:
    text = reference_text()
    headings = {line.lstrip("# ").lower() for line in text.splitlines() if line.startswith("### ")}
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= headings


def test_every_live_event_of_the_code_is_in_the_reference() -> None:
    handlers = {
        name.removeprefix("on_").replace("_", "-") for name in dir(InterviewNamespace) if name.startswith("on_")
    }
    assert handlers - {"connect", "disconnect"} == set(SENT)
    source = "".join(Path(module.__file__ or "").read_text() for module in (fanout, waiting_list, wording))
    said = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source)) | {"activity", "participants", "run-code"}
    assert said == set(RECEIVED)


def test_the_page_shows_every_call_and_runs_no_script() -> None:
    document = OpenApi(ADDRESSES, base_url="/base/").document
    page = render("reference.html", base_url="/base/", actor=None, reference=Reference.of(document), split=split)
    for operation in operations(ADDRESSES):
        assert f"{operation.method}</span> {operation.address}</code>" in page
    assert "<script" not in page
    assert "style=" not in page
