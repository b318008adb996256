"""Our Jinja2 templates: everything is escaped, and an unknown variable is an error rather than a gap in the page."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..jupyter.identity import initials

STATIC = Path(__file__).parent / "static"
"""The built script and style; made by `jlpm build:pages`, shipped in the wheel."""


def render(template: str, *, base_url: str, **values: Any) -> str:
    """The page as HTML. `asset` gives a template the address of a built file."""

    def asset(name: str) -> str:
        return f"{base_url}codewithme/assets/{name}?v={_version(name)}"

    return _environment().get_template(template).render(base_url=base_url, asset=asset, **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["initials"] = initials
    return environment


def _version(name: str) -> str:
    """Of a built file, for the browser's cache. Files change under a running server while they are worked on."""
    file = STATIC / name
    if not file.is_file():
        return "unbuilt"
    return _digest(file, file.stat().st_mtime_ns)


@cache
def _digest(file: Path, _changed_ns: int) -> str:
    return sha256(file.read_bytes()).hexdigest()[:12]
