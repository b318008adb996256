"""What each of Jupyter's handlers lets whom do: the rules of the gate, one a handler class.

A class that is not here is closed to everybody but admins. Admins may do all that Jupyter can, with two exceptions that protect
them: nobody goes through a symbolic link out of a session's folder, and nobody deletes or renames the folder itself.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPMethod, HTTPStatus
from pathlib import Path
from typing import Any

from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.identity import User
from jupyter_server.base.handlers import (
    APIVersionHandler,
    AuthenticatedFileHandler,
    FileFindHandler,
    JupyterHandler,
    MainHandler,
    Template404,
)
from jupyter_server.kernelspecs.handlers import KernelSpecResourceHandler
from jupyter_server.services.api.handlers import IdentityHandler
from jupyter_server.services.contents.handlers import CheckpointsHandler
from jupyter_server.services.kernels.handlers import KernelActionHandler, KernelHandler
from jupyter_server.services.kernelspecs.handlers import KernelSpecHandler
from jupyter_server.services.sessions.handlers import SessionHandler
from jupyterlab_server.handlers import LabHandler
from jupyterlab_server.themes_handler import ThemesHandler
from jupyterlab_server.translations_handler import TranslationsHandler
from tornado.web import HTTPError

from ..interview.accounts.actor import Actor
from ..interview.roles import Capability
from ..interview.sessions.workspace import FOLDER
from .access import access_to
from .channels import KernelSocket, OwnKernels, OwnKernelSpecs, OwnSessions, is_our_kernel, place_of_kernel
from .connections import Holder
from .events import OwnEvents
from .files import Place, SessionFiles, holds_links, leads_out, place_of
from .lab import INTERVIEW_WORKSPACE, OwnSettings, OwnWorkspaces
from .rooms import RoomAddress, RoomSocket, document_of

_READING = (HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS)
_SETTING = re.compile(r"@?[\w-]+(?:/[\w-]+)?:[\w.-]+")


@dataclass(frozen=True)
class Asking:
    """A request at the gate: who asks for what."""

    handler: JupyterHandler
    actor: Actor

    @property
    def is_reading(self) -> bool:
        """Whether the request changes nothing."""
        return self.handler.request.method in _READING

    @property
    def reading_or_editing(self) -> Capability:
        """The right that the method needs where it concerns a file."""
        return Capability.VIEW if self.is_reading else Capability.EDIT

    def part(self, name: str, position: int = 0) -> str:
        """A part of the address, decoded as the handler will see it."""
        if self.handler.path_kwargs:
            return self.handler.path_kwargs.get(name) or ""
        return self.handler.path_args[position] if position < len(self.handler.path_args) else ""

    def body(self) -> dict[str, Any]:
        """The JSON body; empty if there is none. Raises HTTPError for anything but an object."""
        body = self.handler.get_json_body()
        if body is not None and not isinstance(body, dict):
            raise HTTPError(HTTPStatus.BAD_REQUEST, "The body must be a JSON object.")
        return body or {}

    async def may(self, path: object, capability: Capability) -> bool:
        """Whether the actor has a right at a contents path, or it is an admin's to have."""
        if not isinstance(path, str):
            return False
        place = place_of(path)
        if place is None:
            return self.actor.is_admin and ".." not in path.split("/")
        if leads_out(self.root, place):
            return False
        return await self.has(place, capability)

    async def has(self, place: Place, capability: Capability) -> bool:
        """Whether the actor has a right in a place's session."""
        if self.actor.is_admin:
            return True
        access = await access_to(self.handler, self.actor, place.session_id)
        return access is not None and capability in access.capabilities

    @property
    def root(self) -> Path:
        """The contents root on disk."""
        return Path(self.handler.contents_manager.root_dir)


Rule = Callable[[Asking], Awaitable[bool]]


async def _reading(ask: Asking) -> bool:
    """Nothing of anybody's: program, styles, translations, who I am, and lists that are already somebody's own."""
    return ask.is_reading


async def _all(ask: Asking) -> bool:
    """The handler keeps people apart itself."""
    return True


async def _contents(ask: Asking) -> bool:
    path = ask.part("path")
    place = place_of(path)
    if place is None and ask.is_reading and path.strip("/") in ("", FOLDER):
        return True
    if _is_kept(path) and ask.handler.request.method in (HTTPMethod.DELETE, HTTPMethod.PATCH):
        return False
    if not await ask.may(path, ask.reading_or_editing):
        return False
    match ask.handler.request.method:
        case HTTPMethod.PATCH:
            return await _may_rename(ask)
        case HTTPMethod.POST:
            return await _may_copy(ask)
        case HTTPMethod.PUT:
            return not (place and place.is_folder_itself) and not ask.body().get("copy_from")
    return True


async def _may_rename(ask: Asking) -> bool:
    target = ask.body().get("path")
    return target is None or (await ask.may(target, Capability.EDIT) and not _is_kept(target))


async def _may_copy(ask: Asking) -> bool:
    source = ask.body().get("copy_from")
    if source is None:
        return True
    place = place_of(source) if isinstance(source, str) else None
    return await ask.may(source, Capability.VIEW) and not (place and holds_links(ask.root, place))


def _is_kept(path: str) -> bool:
    """Whether it is the folder of all sessions or one of theirs."""
    place = place_of(path)
    return place.is_folder_itself if place else path.strip("/") in ("", FOLDER)


async def _checkpoints(ask: Asking) -> bool:
    return await ask.may(ask.part("path"), ask.reading_or_editing)


async def _file(ask: Asking) -> bool:
    return ask.is_reading and await ask.may(ask.part("path"), Capability.VIEW)


async def _room_address(ask: Asking) -> bool:
    return await ask.may(ask.part("path"), Capability.VIEW)


async def _room(ask: Asking) -> bool:
    assert isinstance(ask.handler, RoomSocket)
    document = await document_of(ask.handler, ask.part("room_id"))
    if document is None or not await ask.may(document.path, Capability.VIEW):
        return False
    place = place_of(document.path)
    ask.handler.document_id = document.id
    ask.handler.holder = Holder(place.session_id if place else None, ask.actor.person_id, ask.actor.device_id)
    return True


async def _kernels(ask: Asking) -> bool:
    # A kernel is started for a document (see `_sessions`); one without would be nobody's.
    return ask.is_reading or ask.actor.is_admin


async def _kernel(ask: Asking) -> bool:
    return await _may_use_kernel(ask, ask.part("kernel_id"), Capability.VIEW if ask.is_reading else Capability.RUN)


async def _kernel_socket(ask: Asking) -> bool:
    assert isinstance(ask.handler, KernelSocket)
    place = await place_of_kernel(ask.handler.session_manager, ask.part("kernel_id"))
    ask.handler.holder = Holder(place.session_id if place else None, ask.actor.person_id, ask.actor.device_id)
    return await ask.has(place, Capability.RUN) if place else ask.actor.is_admin


async def _may_use_kernel(ask: Asking, kernel_id: object, capability: Capability) -> bool:
    if not isinstance(kernel_id, str):
        return False
    place = await place_of_kernel(ask.handler.session_manager, kernel_id)
    return ask.actor.is_admin if place is None else await ask.has(place, capability)


async def _kernelspec(ask: Asking) -> bool:
    return ask.is_reading and (ask.actor.is_admin or is_our_kernel(ask.part("kernel_name")))


async def _sessions(ask: Asking) -> bool:
    if ask.is_reading:
        return True
    body = ask.body()
    if ask.actor.is_admin:
        return True
    if "notebook" in body or not await ask.may(body.get("path"), Capability.RUN):
        return False
    return await _may_have_kernel(ask, body.get("kernel"), is_needed=True)


async def _session(ask: Asking) -> bool:
    if ask.actor.is_admin:
        return True
    models = await ask.handler.session_manager.list_sessions()
    path = next((model["path"] for model in models if model["id"] == ask.part("session_id")), None)
    if not await ask.may(path, Capability.VIEW if ask.is_reading else Capability.RUN):
        return False
    if ask.handler.request.method != HTTPMethod.PATCH:
        return True
    body = ask.body()
    if "notebook" in body or ("path" in body and not await ask.may(body["path"], Capability.RUN)):
        return False
    return await _may_have_kernel(ask, body.get("kernel"), is_needed=False)


async def _may_have_kernel(ask: Asking, wish: object, *, is_needed: bool) -> bool:
    """Whether the kernel that a document is to get is a new one in a sandbox, or one the person may use anyway."""
    if wish is None:
        return not is_needed
    if not isinstance(wish, dict):
        return False
    kernel_id, name = wish.get("id"), wish.get("name")
    if kernel_id is not None and not await _may_use_kernel(ask, kernel_id, Capability.RUN):
        return False
    return is_our_kernel(name) if name is not None else kernel_id is not None


async def _setting(ask: Asking) -> bool:
    name = ask.part("schema_name")
    if name and not _SETTING.fullmatch(name):
        return False
    return ask.is_reading or ask.actor.is_admin


async def _lab(ask: Asking) -> bool:
    """Lab's page: an interview's for those inside, the dashboard for everybody who has an account."""
    workspace, tree = ask.part("workspace"), ask.part("tree").removeprefix("/tree/")
    if not ask.is_reading or (tree and not await ask.may(tree, Capability.VIEW)):
        return False
    interview = INTERVIEW_WORKSPACE.fullmatch(workspace)
    if interview is None:
        return ask.actor.is_admin or (not ask.actor.is_guest and not workspace and ask.part("mode") == "lab")
    session_id = interview["session_id"]
    place = place_of(tree) if tree else None
    if place_of(f"{FOLDER}/{session_id}") is None or (place and place.session_id != session_id):
        return False
    access = await access_to(ask.handler, ask.actor, session_id)
    ask.handler.codewithme_access = access  # type: ignore[attr-defined]  # for the page's configuration
    return access is not None


RULES: dict[type, Rule] = {
    APIVersionHandler: _reading,
    AuthenticatedFileHandler: _file,
    CheckpointsHandler: _checkpoints,
    FileFindHandler: _reading,
    IdentityHandler: _reading,
    KernelActionHandler: _kernel,
    KernelHandler: _kernel,
    KernelSocket: _kernel_socket,
    KernelSpecHandler: _kernelspec,
    KernelSpecResourceHandler: _kernelspec,
    LabHandler: _lab,
    MainHandler: _reading,
    OwnEvents: _reading,
    OwnKernels: _kernels,
    OwnKernelSpecs: _reading,
    OwnSessions: _sessions,
    OwnSettings: _setting,
    OwnWorkspaces: _all,
    RoomAddress: _room_address,
    RoomSocket: _room,
    SessionFiles: _contents,
    SessionHandler: _session,
    Template404: _all,
    ThemesHandler: _reading,
    TranslationsHandler: _reading,
}


class GateAuthorizer(Authorizer):
    """Jupyter's question, asked once more inside of handlers: the gate has answered it for the request as a whole."""

    async def is_authorized(self, handler: JupyterHandler, user: User, action: str, resource: str) -> bool:
        """Yes, for requests that have passed the gate.

        `/api/me?permissions=` asks about other addresses in the name of its own; there the answer for confined people is no.
        """
        actor: Actor | None = getattr(user, "actor", None)
        if actor is None or not getattr(handler, "has_passed_gate", False):
            return False
        return actor.is_admin or not isinstance(handler, IdentityHandler)
