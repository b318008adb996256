"""Every route of the server, as the running process would have them, and people to try them."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from server import InterviewServer, Person, admit, create_session, invite, knock

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PEOPLE = ("stranger", "waiting", "candidate", "elsewhere", "host", "owner")
BASE_URL = "/base/"
NOBODY = "00000000-0000-4000-8000-00000000dead"

_LIST = """
import json, sys
from codewithme_ext.app import CodeWithMeApp

def patterns(router):
    for rule in router.rules:
        if hasattr(rule.target, "rules"):
            yield from patterns(rule.target)
        else:
            yield rule.matcher.regex.pattern

app = CodeWithMeApp.initialize_server(sys.argv[1:])
print(json.dumps(list(patterns(app.web_app.default_router))))
"""


def every_route(folder: Path) -> list[str]:
    """The patterns of all rules of a server's router; `folder` is for the server's files.

    Those below the base URL are relative to it, the others start with a slash.
    """
    private = {name: str(folder) for name in ("HOME", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    listing = subprocess.run(
        [sys.executable, "-c", _LIST, f"--base-url={BASE_URL}", f"--data-dir={folder}", "--port=0"],
        env={**private, "PATH": ""},
        capture_output=True,
        check=True,
        text=True,
    )
    patterns: list[str] = json.loads(listing.stdout.splitlines()[-1])
    return [pattern.removeprefix(BASE_URL).removesuffix("$") for pattern in patterns]


@dataclass(frozen=True)
class Row:
    """One line of the table: an address of a route, and one outcome a method for each kind of person."""

    pattern: str
    address: str
    outcomes: Mapping[str, str]


def read_table(text: str) -> list[Row]:
    """The rows of a table (see routes_table.txt)."""
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    rows = []
    for *cells, address, pattern in lines:
        assert len(cells) == len(PEOPLE), f"{pattern} has {len(cells)} columns"
        assert all(len(cell) == len(METHODS) for cell in cells), f"{pattern} has a cell that is not one sign a method"
        rows.append(Row(pattern, "" if address == "(nothing)" else address, dict(zip(PEOPLE, cells, strict=True))))
    return rows


def outcome(response: httpx.Response) -> str:
    """An answer's sign in the table."""
    match response.status_code:
        case 200 | 201 | 204 | 206:
            return "o"
        case 301 | 302 | 303 | 304 | 307:
            return ">"
        case 401 | 403:
            return "x"
        case 404:
            return "?"
        case 405:
            return "."
        case 400 | 409 | 410 | 412 | 413 | 415 | 422 | 501 | 503:
            return "!"
        case 500:
            return "#"
    return f"[{response.status_code}]"


class Scene:
    """A session with its people, for one row: what one row breaks, no other sees."""

    def __init__(self, server: InterviewServer, *, host: Person, elsewhere: Person, admin: Person) -> None:
        self.server = server
        self.session = create_session(host)
        self.people: dict[str, Person | None] = {
            "stranger": None,
            "waiting": knock(host, self.session, "Will Waiting"),
            "candidate": admit(host, self.session, knock(host, self.session)),
            "elsewhere": elsewhere,
            "host": host,
            "owner": admin,
        }
        self._third = knock(host, self.session, "Theo Third")
        self._code = invite(host, self.session)
        self._invitation = host.call("GET", f"sessions/{self.session['id']}/invitations")["invitations"][0]["id"]
        folder = server.data_dir / "files" / self.session["folder"]
        for who in PEOPLE:
            (folder / f"{who}.py").write_text(f"# {who}\n")

    def address(self, template: str, who: str) -> str:
        """The address with this scene's ids; every person has a file of their own to delete."""
        return template.format(
            session=self.session["id"],
            folder=self.session["folder"],
            file=f"{self.session['folder']}/{who}.py",
            person=self._third.id,
            invitation=self._invitation,
            nobody=NOBODY,
        )


def ask(client: httpx.Client, scene: Scene, row: Row, who: str, method: str) -> str:
    """What becomes of one person's request, as a sign."""
    person = scene.people[who]
    address = scene.address(row.address, who)
    response = client.request(
        method,
        scene.server.origin + address if address.startswith("/") else address,
        headers=person.headers if person else {},
        json=None if method == "GET" else _body(row, scene, who),
    )
    return outcome(response)


def _body(row: Row, scene: Scene, who: str) -> dict[str, Any]:
    if row.address.startswith("api/contents/{file}") and "checkpoints" not in row.address:
        return {"type": "file", "format": "text", "content": "", "path": scene.address("{file}", who)}
    if row.address.startswith("api/collaboration/session/"):
        return {"format": "text", "type": "file"}
    return {}
