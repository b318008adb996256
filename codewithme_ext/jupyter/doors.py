"""Puts our doors into a Jupyter server: who gets in, what they reach, and what becomes of sockets that are open.

Most of Jupyter's handlers stay as they are behind the gate. Those that would show one person another's things are replaced where
they stand, whatever extension brought them, so no address is forgotten and none depends on which extension loads first.
"""

import asyncio
import logging
from pathlib import Path

from jupyter_server.base.handlers import (
    APIHandler,
    JupyterHandler,
    PrometheusMetricsHandler,
    PublicStaticFileHandler,
    RedirectWithParams,
    TrailingSlashHandler,
)
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.handlers import ContentsHandler
from jupyter_server.services.events.handlers import SubscribeWebsocket
from jupyter_server.services.kernels.handlers import MainKernelHandler
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from jupyter_server.services.kernelspecs.handlers import MainKernelSpecHandler
from jupyter_server.services.sessions.handlers import SessionRootHandler
from jupyterlab.handlers.announcements import NeverCheckForUpdate
from jupyterlab_server.licenses_handler import LicensesHandler
from jupyterlab_server.settings_handler import SettingsHandler
from jupyterlab_server.workspaces_handler import WorkspacesHandler
from tornado import web
from tornado.routing import RuleRouter
from traitlets.config import Config

from ..events.bus import Committed
from ..events.types import SessionDeleted, SessionEnded
from ..services import Services
from .authorizer import GateAuthorizer
from .channels import KernelSocket, OwnKernels, OwnKernelSpecs, OwnSessions, shut_down_kernels
from .connections import CONNECTIONS_KEY, OpenConnections
from .events import OwnEvents
from .files import SessionFiles
from .gate import Gate
from .headers import LAB_POLICY
from .identity import GATE_KEY, CodeWithMeIdentityProvider, login_address
from .lab import WORKSPACES_KEY, KeptWorkspaces, OwnSettings, OwnWorkspaces, page_config_hook
from .numbers import OwnMetrics
from .rooms import RoomAddress, RoomSocket

log = logging.getLogger(__name__)

ROUTES: list[tuple[str, type[JupyterHandler]]] = [
    (r"/api/collaboration/room/(.*)", RoomSocket),
    (r"/api/collaboration/session/(.*)", RoomAddress),
]
"""JupyterLab's addresses of shared documents, which are ours (see `rooms`)."""


class Closed(APIHandler):
    """An address that nobody needs here."""

    def initialize(self, **options: object) -> None:
        """Takes whatever the stock handler was given."""

    async def prepare(self, *, _redirect_to_login: bool = False) -> None:
        """There is nothing here, for whomever."""
        await JupyterHandler.prepare(self, _redirect_to_login=False)
        raise web.HTTPError(404)


REPLACEMENTS: dict[type[web.RequestHandler], type[web.RequestHandler]] = {
    ContentsHandler: SessionFiles,
    KernelWebsocketHandler: KernelSocket,
    LicensesHandler: Closed,  # a request that is refused would never be answered
    MainKernelHandler: OwnKernels,
    MainKernelSpecHandler: OwnKernelSpecs,
    PrometheusMetricsHandler: OwnMetrics,
    PublicStaticFileHandler: Closed,  # Jupyter gives it no folder, so it breaks off the connection
    SessionRootHandler: OwnSessions,
    SettingsHandler: OwnSettings,
    SubscribeWebsocket: OwnEvents,
    WorkspacesHandler: OwnWorkspaces,
}

_ASK_NOBODY = (RedirectWithParams, TrailingSlashHandler)
"""Handlers that never ask who it is, and have nothing to hide."""


def server_config(data_dir: Path) -> Config:
    """Traitlets of the server, to be set before it is initialized; everything it writes lies in `data_dir`."""
    return Config(
        {
            "ServerApp": {
                "identity_provider_class": CodeWithMeIdentityProvider,
                "authorizer_class": GateAuthorizer,
                "allow_unauthenticated_access": False,
                "tornado_settings": {"headers": {"Content-Security-Policy": LAB_POLICY}},
            },
            # The owner's desktop has no business with what an interview's folder throws away.
            "FileContentsManager": {"delete_to_trash": False, "always_delete_dir": True},
            "LabApp": {
                "check_for_updates_class": NeverCheckForUpdate,
                "extension_manager": "readonly",
                "news_url": None,
            },
        }
    )


def max_body_bytes(max_file_bytes: int) -> int:
    """The largest request that is read at all: a file of the largest size, as JSON that escapes every second character."""
    return 2 * max_file_bytes + 2**20


def open_doors(server: ServerApp, services: Services) -> None:
    """Stand in the server's doors. Called once all extensions have loaded; before that, nobody is known to anybody."""
    connections = OpenConnections()
    services.bus.subscribe(connections.on_event)
    services.login_watch.add(connections.devices)
    if services.neighbours is not None:
        services.neighbours.when_missed(connections.catch_up)
    services.bus.subscribe(KernelEnding(server).on_event)
    _replace(server.web_app.default_router)
    server.web_app.settings.update(
        {
            CONNECTIONS_KEY: connections,
            WORKSPACES_KEY: KeptWorkspaces(),
            GATE_KEY: Gate(),
            "login_url": login_address(server.base_url),
            "page_config_hook": page_config_hook,
        }
    )


class KernelEnding:
    """Ends the kernels of sessions that have ended; in its own time, since others wait for the event too."""

    def __init__(self, server: ServerApp) -> None:
        self._server = server
        self._tasks: set[asyncio.Task[None]] = set()

    async def on_event(self, committed: Committed) -> None:
        """Subscriber."""
        match committed.event:
            case SessionEnded(session_id=session_id) | SessionDeleted(session_id=session_id):
                task = asyncio.create_task(shut_down_kernels(self._server.session_manager, session_id))
                self._tasks.add(task)
                task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("A kernel could not be ended", exc_info=task.exception())


def _replace(router: RuleRouter) -> None:
    for rule in router.rules:
        if isinstance(rule.target, RuleRouter):
            _replace(rule.target)
        elif isinstance(rule.target, type):
            rule.target = _in_place_of(rule.target)


def _in_place_of(target: type) -> type:
    if target in REPLACEMENTS:
        return REPLACEMENTS[target]
    if issubclass(target, JupyterHandler) or target in _ASK_NOBODY or getattr(target, "is_open_page", False):
        return target
    log.warning("%s.%s asks nobody who they are, so it is closed.", target.__module__, target.__name__)
    return Closed
