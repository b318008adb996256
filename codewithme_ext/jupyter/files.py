"""Which session a contents path belongs to, and what of Jupyter's tree of files a confined person sees.

A path is taken literally or not at all: whatever could be read in two ways (`..`, backslashes, drives, percent-encoding that
hides any of these) belongs to no session.
"""

import asyncio
import json
import os
import re
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from jupyter_server.auth.decorator import authorized
from jupyter_server.services.contents.handlers import ContentsHandler
from jupyter_server.utils import ensure_async
from tornado import web

from ..errors import CodeWithMeError, InvalidInputError, LimitReachedError, TooLargeError
from ..interview.accounts.actor import Actor
from ..interview.documents.service import DocumentService
from ..interview.files.limits import check_path
from ..interview.files.service import Arrival, FileService
from ..interview.sessions.workspace import FOLDER, folder_of
from ..services import Services
from .access import viewable_sessions
from .identity import SERVICES_KEY, actor_of

LONGEST_FOLLOW_UP_S = 5.0
"""How long an answer waits for what follows from a change; while the database is away that may take longer."""
_ENDING = re.compile(r"[\w.+-]{0,20}")
_STATUS = {
    InvalidInputError: HTTPStatus.BAD_REQUEST,
    LimitReachedError: HTTPStatus.CONFLICT,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
"""How what the rules of files refuse is answered."""


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
    """Jupyter's contents, in which a confined person sees the way to the folders of their sessions and nothing beside it.

    What is done to a session's files is checked before and told to everyone after. Jupyter's handler would answer in between, and
    whoever then did the next thing would find documents that have not followed yet, and could be told of before the first. Its
    answer is therefore held back. It stays what it is if the rest fails: the file has changed, and says so by itself to whoever
    opens it.
    """

    _told_path = ""
    """Where the answer says that the file is: the server chooses some names."""
    _is_held = False
    _held: tuple[Any, ...] = ()

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

    @web.authenticated
    @authorized
    async def put(self, path: str = "") -> None:
        """A file or folder of that name, or a piece of a large one."""
        place = place_of(path)
        if place is None:
            with self._holding_back():
                await ensure_async(super().put(path))
            await self._follow(self._documents.changed(path))
            return
        body = self._body()
        chunk = body.get("chunk")
        arrival = Arrival(place.session_id, place.inside, _size_of(body), is_more=chunk not in (None, 1))
        with _as_http():
            is_new = await self._files.check(arrival)
        with self._holding_back(), _blaming_the_body():
            await ensure_async(super().put(path))
        if is_new:
            await self._follow(self._tell_made())
        elif chunk in (None, -1):
            await self._follow(self._files.overwritten(self._actor, place.session_id, place.inside))
        else:
            self._answer()

    @web.authenticated
    @authorized
    async def post(self, path: str = "") -> None:
        """A new file or folder whose name the server chooses, or a copy."""
        place = place_of(path)
        if place is None:
            await ensure_async(super().post(path))
            return
        body = self._body()
        if not _ENDING.fullmatch(str(body.get("ext", ""))):
            # Jupyter hangs it on the path as it is, slashes and all.
            raise web.HTTPError(HTTPStatus.BAD_REQUEST, "ext must be an ending such as .py.")
        if body.get("copy_from"):
            with _as_http():
                await self._files.check_copy(body["copy_from"].strip("/"), place.session_id)
        else:
            with _as_http():
                await self._files.check(Arrival(place.session_id, f"{place.inside}/untitled".strip("/")))
        with self._holding_back():
            await ensure_async(super().post(path))
        await self._follow(self._tell_made())

    @web.authenticated
    @authorized
    async def patch(self, path: str = "") -> None:
        """Another path, in the same folder or another."""
        target = (self.get_json_body() or {}).get("path")
        old, new = place_of(path), place_of(target) if isinstance(target, str) else None
        if new is not None:
            with _as_http():
                check_path(new.inside)
        with self._holding_back():
            await ensure_async(super().patch(path))
        if old is None or new is None:
            await self._follow(self._moved_outside(path, target, is_kept=old is None and new is None))
        else:
            await self._follow(self._moved(old, new))

    @web.authenticated
    @authorized
    async def delete(self, path: str = "") -> None:
        """Gone for everyone."""
        with self._holding_back():
            await ensure_async(super().delete(path))
        place = place_of(path)
        if place is None:
            await self._follow(self._documents.deleted_anywhere(path))
        else:
            await self._follow(self._files.deleted(self._actor, place.session_id, place.inside))

    def finish(self, *answer: Any, **options: Any) -> Any:
        """The answer, unless it has to wait."""
        if not self._is_held:
            return super().finish(*answer, **options)
        self._held = answer
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def _body(self) -> dict[str, Any]:
        body: dict[str, Any] = self.get_json_body() or {}  # the gate has seen that it is an object
        if not isinstance(body.get("type") or "", str):
            raise web.HTTPError(HTTPStatus.BAD_REQUEST, "type must be file, directory or notebook.")
        return body

    async def _tell_made(self) -> None:
        made = place_of(self._told_path)
        if made is not None:
            await self._files.created(self._actor, made.session_id, made.inside)

    @contextmanager
    def _holding_back(self) -> Iterator[None]:
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False

    async def _follow(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what follows from the change, and answer."""
        task = asyncio.create_task(work, name=f"after a change of {self.request.path}")
        await asyncio.wait([task], timeout=LONGEST_FOLLOW_UP_S)
        self._answer()
        try:
            await task
        except Exception:
            self.log.exception("A change of files was made, and what follows from it failed: %s", self.request.path)

    def _answer(self) -> None:
        self.finish(*self._held)

    async def _moved(self, old: Place, new: Place) -> None:
        if old == new:
            return
        if old.session_id == new.session_id:
            await self._files.renamed(self._actor, old.session_id, old.inside, new.inside)
        else:
            await self._files.deleted(self._actor, old.session_id, old.inside)
            await self._files.created(self._actor, new.session_id, new.inside)

    async def _moved_outside(self, path: str, target: object, *, is_kept: bool) -> None:
        """An admin's own file; it is another document once it belongs to a session, or no longer does."""
        if isinstance(target, str) and is_kept:
            await self._documents.moved_anywhere(path, target)
        else:
            await self._documents.deleted_anywhere(path)

    @property
    def _documents(self) -> DocumentService:
        services: Services = self.settings[SERVICES_KEY]
        return services.documents

    @property
    def _files(self) -> FileService:
        services: Services = self.settings[SERVICES_KEY]
        return services.files

    @property
    def _actor(self) -> Actor:
        actor = actor_of(self)
        assert actor is not None  # the gate let them in
        return actor

    def _finish_model(self, model: dict[str, Any], location: bool = True) -> None:
        self._told_path = model["path"]
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


@contextmanager
def _as_http() -> Iterator[None]:
    try:
        yield
    except CodeWithMeError as error:
        raise web.HTTPError(_STATUS[type(error)], error.message) from error


@contextmanager
def _blaming_the_body() -> Iterator[None]:
    """Jupyter calls everything the server's error, also a notebook that is none; only a disk that fails is that."""
    try:
        yield
    except web.HTTPError as error:
        if error.status_code != HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        if isinstance(error.__cause__, OSError):
            raise web.HTTPError(HTTPStatus.INSUFFICIENT_STORAGE, "The server's disk did not take this.") from error
        raise web.HTTPError(HTTPStatus.BAD_REQUEST, "The content is not what the type says. Send another.") from error


def _size_of(body: dict[str, Any]) -> int:
    content = body.get("content")
    if not isinstance(content, str):
        return len(json.dumps(content)) if content else 0
    return len(content) * 3 // 4 if body.get("format") == "base64" else len(content.encode(errors="surrogatepass"))


def _leads_out(root: Path, path: str) -> bool:
    place = place_of(path)
    return place is not None and leads_out(root, place)
