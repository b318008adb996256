"""JupyterLab's pages, settings and workspaces: each person sees their own, and nobody the server's."""

import json
import os
import re
from collections import OrderedDict
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import ensure_async
from jupyterlab_server.settings_handler import SettingsHandler
from jupyterlab_server.workspaces_handler import WorkspacesHandler
from tornado import web

from .._version import __version__
from ..interview.accounts.actor import Actor
from ..interview.sessions.access import Access
from ..interview.sessions.workspace import folder_of
from ..services import Services
from .identity import SERVICES_KEY, actor_of

INTERVIEW_WORKSPACE = re.compile(r"/workspaces/interview-(?P<session_id>[0-9a-f-]{36})")
"""The workspace part of the address of an interview's page."""

WORKSPACES_KEY = "codewithme_workspaces"
CHAT = "@codewithme/labextension:chat"
"""The plugin that shows the chat."""
MAX_WORKSPACE_BYTES = 256 * 2**10
MAX_WORKSPACES = 1000
MAX_WORKSPACES_OF_A_PERSON = 20
"""So that nobody can push out the layouts of all others."""

_FOR_NOBODY = (
    "@jupyterlab/apputils-extension:announcements",
    # Who has which document open, told to everybody on the server.
    "@jupyter/collaboration-extension:rtcGlobalAwareness",
    # What stands on that, and a second way to invite people that knows nothing of ours.
    "@jupyter/collaboration-extension:rtcPanel",
    "@jupyter/collaboration-extension:shared-link",
    "@jupyter/collaboration-extension:user-menu-bar",
    "@jupyter/collaboration-extension:userMenu",
    "@jupyter/docprovider-extension:forkManager",
    # Asks over the editor what our own connection to documents tells beside it (labextension/src/documents).
    "@jupyter/docprovider-extension:logger",
    "@jupyter/docprovider-extension:websocket-provider-document-factory",
    # Sends a second tab of an interview to an address that is no interview's (labextension/src/layout/window.ts).
    "@jupyterlab/apputils-extension:resolver",
    # Ours runs cells in their place (labextension/src/editor/executor.ts).
    "@jupyter/docprovider-extension:notebook-cell-executor",
    "@jupyterlab/notebook-extension:cell-executor",
    "@jupyter/docprovider-extension:statusBarTimeline",
    # Language servers would run on the server itself, so there are none.
    "@jupyterlab/fileeditor-extension:language-server",
    "@jupyterlab/lsp-extension:code-extractor-manager",
    "@jupyterlab/lsp-extension:feature",
    "@jupyterlab/lsp-extension:plugin",
    "@jupyterlab/lsp-extension:settings",
    "@jupyterlab/lsp-extension:tracker",
    "@jupyterlab/notebook-extension:language-server",
)
_FOR_ADMINS = (
    "@jupyterlab/debugger-extension:main",
    "@jupyterlab/debugger-extension:sidebar",
    "@jupyterlab/extensionmanager-extension:plugin",
    "@jupyterlab/help-extension:licenses",
    "@jupyterlab/help-extension:licenses-commands",
    "@jupyterlab/apputils-extension:licenses-plugin",
    # These ask for the formats of nbconvert, which runs on the server itself.
    "@jupyterlab/notebook-extension:export",
    "@jupyterlab/notebook-extension:update-raw-mimetype",
    "@jupyterlab/pluginmanager-extension:plugin",
    "@jupyterlab/running-extension:search-tabs",
    "@jupyterlab/running-extension:sidebar",
    "@jupyterlab/settingeditor-extension:form-ui",
    "@jupyterlab/settingeditor-extension:plugin",
    "@jupyterlab/terminal-extension:open-folder-in-terminal",
    "@jupyterlab/terminal-extension:plugin",
    "@jupyterlab/workspaces-extension:commands",
    "@jupyterlab/workspaces-extension:indicator",
    "@jupyterlab/workspaces-extension:menu",
    "@jupyterlab/workspaces-extension:sidebar",
)
_FOR_ACCOUNTS = (
    "@jupyterlab/filebrowser-extension:share-file",
    "@jupyterlab/launcher-extension:plugin",
)


def page_config_hook(handler: JupyterHandler, page_config: dict[str, Any]) -> dict[str, Any]:
    """What Lab's page says of the server and of who looks at it, set as `page_config_hook` in the server's settings.

    Lab hands in the one dictionary of all pages: what is put into it would be in the next person's page too.
    """
    config = dict(page_config)
    config["token"] = ""
    config["serverRoot"] = ""
    config["news"] = {"disabled": True}
    # Nobody rebuilds Lab from here; asking whether somebody should is refused to candidates and shown as an error.
    config["buildAvailable"] = False
    config["buildCheck"] = False
    actor = actor_of(handler)
    disabled = set(config.get("disabledExtensions") or ()) | set(_disabled_for(actor))
    services: Services = handler.settings[SERVICES_KEY]
    if not services.settings.enable_chat:
        disabled.add(CHAT)
    config["disabledExtensions"] = sorted(disabled)
    config["codewithmeVersion"] = __version__
    if actor is None:
        return config
    if not actor.is_admin:
        config["terminalsAvailable"] = False
        config["extensionManager"] = {"name": "none", "can_install": False, "install_path": None}
    config["codewithmeUserId"] = actor.person_id
    config["codewithmeUserName"] = actor.name
    config["codewithmeUserRole"] = actor.role.value
    access: Access | None = getattr(handler, "codewithme_access", None)
    if access is not None:
        config["codewithmeSessionId"] = access.session_id
        config["codewithmeRole"] = access.role.value
        config["codewithmeFolder"] = folder_of(access.session_id)
    return config


def _disabled_for(actor: Actor | None) -> Iterable[str]:
    """Cosmetics: a button that could only fail is left out. What protects is the gate."""
    yield from _FOR_NOBODY
    if actor is None or not actor.is_admin:
        yield from _FOR_ADMINS
    if actor is None or actor.is_guest:
        yield from _FOR_ACCOUNTS


_DEFAULTS = {
    # Light or dark as the person's system is, as on our own pages; the choice in the menu still wins.
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},
}


class OwnSettings(SettingsHandler):
    """Lab's settings: the server's for its owner, the defaults for everybody else, who keep theirs in the browser."""

    async def prepare(self, *, _redirect_to_login: bool = True) -> None:
        """The owner's changes lie in a folder; the others are shown none."""
        await super().prepare()
        for plugin, defaults in _DEFAULTS.items():
            self.overrides[plugin] = {**defaults, **self.overrides.get(plugin, {})}
        actor = actor_of(self)
        if actor is not None and not actor.is_admin:
            self.settings_dir = os.devnull


class KeptWorkspaces:
    """The newest layouts of confined people, in memory: a reload finds its tabs again, a restart does not."""

    def __init__(self) -> None:
        self._texts: OrderedDict[tuple[str, str], str] = OrderedDict()

    def put(self, user_id: str, name: str, text: str) -> None:
        """Keep the JSON `text`."""
        self._texts.pop((user_id, name), None)
        own = [place for place in self._texts if place[0] == user_id]
        if len(own) >= MAX_WORKSPACES_OF_A_PERSON:
            del self._texts[own[0]]
        self._texts[user_id, name] = text
        while len(self._texts) > MAX_WORKSPACES:
            self._texts.popitem(last=False)

    def get(self, user_id: str, name: str) -> str:
        """The JSON of a layout; an empty one where there is none."""
        return self._texts.get((user_id, name)) or json.dumps({"data": {}, "metadata": {"id": name}})

    def delete(self, user_id: str, name: str) -> None:
        """Forget a layout; a missing one is no error."""
        self._texts.pop((user_id, name), None)


class OwnWorkspaces(WorkspacesHandler):
    """Lab's layouts: the server's for its owner, a person's own for everybody else."""

    @web.authenticated
    async def get(self, space_name: str = "") -> None:
        """A layout, or for confined people the empty list of all."""
        actor = self._confined
        if actor is None:
            await ensure_async(super().get(space_name))
        elif not space_name:
            self.finish(json.dumps({"workspaces": {"ids": [], "values": []}}))
        else:
            self.finish(self._kept.get(actor.person_id, space_name))

    @web.authenticated
    def put(self, space_name: str = "") -> None:
        """Keep a layout."""
        actor = self._confined
        if actor is None:
            super().put(space_name)
            return
        if len(self.request.body) > MAX_WORKSPACE_BYTES or len(space_name) > 200:
            raise web.HTTPError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not space_name or not isinstance(self.get_json_body(), dict):
            raise web.HTTPError(HTTPStatus.BAD_REQUEST, "Send a layout and its name.")
        self._kept.put(actor.person_id, space_name, self.request.body.decode())
        self.set_status(HTTPStatus.NO_CONTENT)

    @web.authenticated
    def delete(self, space_name: str = "") -> None:
        """Forget a layout."""
        actor = self._confined
        if actor is None:
            super().delete(space_name)
            return
        self._kept.delete(actor.person_id, space_name)
        self.set_status(HTTPStatus.NO_CONTENT)

    @property
    def _confined(self) -> Actor | None:
        actor = actor_of(self)
        return actor if actor is not None and not actor.is_admin else None

    @property
    def _kept(self) -> KeptWorkspaces:
        kept: KeptWorkspaces = self.settings[WORKSPACES_KEY]
        return kept
