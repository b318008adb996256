"""Kernels: whose they are, which may be started, and the sockets to them.

A kernel belongs to the session in whose folder the document lies that it was started for. Jupyter keeps that document's path with
its own session, so that is where we look.
"""

import asyncio
import json
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from jupyter_client.jsonutil import json_default
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.handlers import MainKernelHandler
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from jupyter_server.services.kernelspecs.handlers import MainKernelSpecHandler
from jupyter_server.services.sessions.handlers import SessionRootHandler
from jupyter_server.services.sessions.sessionmanager import SessionManager
from jupyter_server.utils import ensure_async
from tornado import web
from tornado.concurrent import Future

from ..interview.accounts.actor import Actor
from ..interview.roles import Capability
from ..interview.sessions.models import SessionStatus
from ..services import Services
from .access import access_to, viewable_sessions
from .connections import Holder, connections_of
from .files import Place, place_of
from .identity import SERVICES_KEY, actor_of
from .rooms import CLOSE_REFUSED

OUR_KERNELS = "codewithme-"
"""Kernels whose name starts so run in a sandbox; all others run on the server itself."""


def is_our_kernel(name: object) -> bool:
    """Whether a kernel of this name may be started by people who may not do anything on the server itself."""
    return isinstance(name, str) and name.startswith(OUR_KERNELS) and unquote(name) == name


async def place_of_kernel(sessions: SessionManager, kernel_id: str) -> Place | None:
    """Where the document lies that the kernel was started for; None for kernels of no session."""
    for session in await sessions.list_sessions():
        if session["kernel"] and session["kernel"]["id"] == kernel_id:
            return place_of(session["path"])
    return None


async def shut_down_kernels(sessions: SessionManager, session_id: str) -> None:
    """End every kernel started for a document of the session."""
    for session in await sessions.list_sessions():
        place = place_of(session["path"])
        if place is not None and place.session_id == session_id:
            await sessions.delete_session(session["id"])


class KernelSocket(KernelWebsocketHandler):
    """A connection to a kernel, closed when its person may run nothing any more."""

    holder: Holder | None = None
    """Whose connection it is, set by the gate; without a session it is an admin's to a kernel of none."""
    _is_cut = False
    _may_run = False

    async def open(self, kernel_id: str) -> None:
        """Connect."""
        assert self.holder is not None  # the gate has let nobody else through
        connections_of(self).add(self, self.holder)
        # Once an event could reach this connection, so that nobody slips in between.
        await self.rights_changed()
        if not self._is_cut:
            await super().open(kernel_id)

    def on_message(self, ws_message: str | bytes) -> None:
        """To the kernel."""
        if not self._is_cut and self._may_run:
            super().on_message(ws_message)

    def on_close(self) -> None:
        """Disconnect."""
        connections_of(self).remove(self)
        super().on_close()

    def cut(self, reason: str) -> None:
        """Nothing more in either direction."""
        self._is_cut = True
        self.close(CLOSE_REFUSED, reason)

    async def rights_changed(self) -> None:
        """While the editor is frozen, nothing reaches the kernel from here; what it prints still comes back."""
        actor, holder = actor_of(self), self.holder
        if actor is None or holder is None:
            self.cut("You may not run anything in this interview.")
            return
        if holder.session_id is None:
            self._may_run = actor.is_admin
            return
        async with self._asking:  # in turn, so that no older answer replaces a newer one
            try:
                access = await access_to(self, actor, holder.session_id)
            except Exception:
                self._may_run = False
                raise
            if access is None and actor.is_admin:
                self._may_run = True
            elif access is None or access.status is SessionStatus.ENDED:
                self.cut("You are not in this interview, or it has ended.")
            else:
                self._may_run = Capability.RUN in access.capabilities

    @cached_property
    def _asking(self) -> asyncio.Lock:
        return asyncio.Lock()


class OwnKernels(MainKernelHandler):
    """The list of kernels, in which a confined person sees those of their sessions."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """The list."""
        actor = actor_of(self)
        if actor is None or actor.is_admin:
            await ensure_async(super().get())
            return
        own = {model["kernel"]["id"] for model in await _own_models(self, actor) if model["kernel"]}
        kernels = await ensure_async(self.kernel_manager.list_kernels())
        self.finish(json.dumps([kernel for kernel in kernels if kernel["id"] in own], default=json_default))


class OwnSessions(SessionRootHandler):
    """The list of Jupyter's sessions (documents that have a kernel), for a confined person those in their folders."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """The list."""
        actor = actor_of(self)
        if actor is None or actor.is_admin:
            await ensure_async(super().get())
            return
        self.finish(json.dumps(await _own_models(self, actor), default=json_default))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Start a kernel for a document."""
        await ensure_async(super().post())
        # The interview may have ended while the kernel started: there was nothing yet that could have been shut down.
        path = (self.get_json_body() or {}).get("path")
        place = place_of(path) if isinstance(path, str) else None
        services: Services = self.settings[SERVICES_KEY]
        if place is not None and not await services.sessions.is_open(place.session_id):
            await shut_down_kernels(self.session_manager, place.session_id)


class OwnKernelSpecs(MainKernelSpecHandler):
    """The list of kernels that can be started, for a confined person those that run in a sandbox."""

    def finish(self, chunk: Any = None) -> "Future[None]":
        """The stock handler's answer, without what may not be started."""
        actor = actor_of(self)
        if chunk is not None and self.get_status() == HTTPStatus.OK and (actor is None or not actor.is_admin):
            chunk = json.dumps(_ours_only(json.loads(chunk)))
        return super().finish(chunk)


def _ours_only(listing: dict[str, Any]) -> dict[str, Any]:
    specs = {name: spec for name, spec in listing["kernelspecs"].items() if is_our_kernel(name)}
    default = listing["default"] if listing["default"] in specs else next(iter(specs), "")
    return {"default": default, "kernelspecs": specs}


async def _own_models(handler: JupyterHandler, actor: Actor) -> list[dict[str, Any]]:
    """Jupyter's sessions whose documents lie in the actor's folders."""
    own = set(await viewable_sessions(handler, actor))
    models = await handler.session_manager.list_sessions()
    places = [(model, place_of(model["path"])) for model in models]
    return [model for model, place in places if place is not None and place.session_id in own]
