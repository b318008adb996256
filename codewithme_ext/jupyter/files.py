"""Which session a contents path belongs to, and what of Jupyter's tree of files a confined person sees.

A path is taken literally or not at all: whatever could be read in two ways (`..`, backslashes, drives, percent-encoding that
hides any of these) belongs to no session.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from jupyter_server.auth.decorator import authorized
from jupyter_server.services.contents.handlers import ContentsHandler
from jupyter_server.utils import ensure_async
from tornado import web

from ..interview.sessions.workspace import FOLDER, folder_of
from .access import viewable_sessions
from .identity import actor_of


@dataclass(frozen=True)
class Place:
    """Somewhere in a session's folder; `inside` is relative to it and empty for the folder itself."""

    session_id: str
    inside: str

    @property
    def is_folder_itself(self) -> bool:
        """Whether this is the session's folder, which stays as long as the session does."""
        return not self.inside


def place_of(path: str) -> Place | None:
    """The place that a contents path names, or None where it is not plainly in a session's folder."""
    plain, decoded = _place_of(path), _place_of(unquote(path))
    # Should anything below us decode a second time, it must end in the same session.
    return plain if plain and decoded and plain.session_id == decoded.session_id else None


def _place_of(path: str) -> Place | None:
    if "\\" in path or "\x00" in path:
        return None
    folder, _, rest = path.strip("/").partition("/")
    session_id, _, inside = rest.partition("/")
    if folder != FOLDER or not _is_session_id(session_id):
        return None
    if inside and any(part in ("", ".", "..") for part in inside.split("/")):
        return None
    return Place(session_id, inside)


def _is_session_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def leads_out(root: Path, place: Place) -> bool:
    """Whether symbolic links make the place something outside of its session's folder. `root` is the contents root."""
    real_folder = os.path.realpath(root) + os.sep + folder_of(place.session_id).replace("/", os.sep)
    real = os.path.realpath(os.path.join(real_folder, *place.inside.split("/")))  # noqa: PTH118 (pathlib drops parts)
    return real != real_folder and not real.startswith(real_folder + os.sep)


def holds_links(root: Path, place: Place) -> bool:
    """Whether there is a symbolic link at the place or below it: copying a folder would copy what it points to."""
    start = root / folder_of(place.session_id) / place.inside
    return start.is_symlink() or any(
        Path(folder, name).is_symlink() for folder, folders, files in os.walk(start) for name in (*folders, *files)
    )


class SessionFiles(ContentsHandler):
    """Jupyter's contents, in which a confined person sees the way to the folders of their sessions and nothing beside it."""

    @web.authenticated
    @authorized
    async def get(self, path: str = "") -> None:
        """A file or folder. What lies above the sessions' folders is listed from the database, not from disk."""
        actor = actor_of(self)
        if actor is None or actor.is_admin or path.strip("/") not in ("", FOLDER):
            await ensure_async(super().get(path))
            return
        if path.strip("/"):
            children: Sequence[str] = [folder_of(session_id) for session_id in await viewable_sessions(self, actor)]
        else:
            children = [FOLDER]
        await self._list(path, children)

    def _finish_model(self, model: dict[str, Any], location: bool = True) -> None:
        if isinstance(model["content"], list) and model["type"] == "directory":
            root = Path(self.contents_manager.root_dir)
            model["content"] = [child for child in model["content"] if not _leads_out(root, child["path"])]
        super()._finish_model(model, location)

    async def _list(self, path: str, children: Sequence[str]) -> None:
        manager = self.contents_manager
        model = await ensure_async(manager.get(path, content=False))
        if self.get_query_argument("content", "1") != "0":
            found = [child for child in children if await ensure_async(manager.dir_exists(child))]
            model["content"] = [await ensure_async(manager.get(child, content=False)) for child in found]
            model["format"] = "json"
        super()._finish_model(model, location=False)


def _leads_out(root: Path, path: str) -> bool:
    place = place_of(path)
    return place is not None and leads_out(root, place)
