"""The gate that every request of a known person passes before anything else happens: closed unless a rule opens it.

Jupyter asks its authorizer only where a handler's author remembered to. This one is asked from the identity provider, which every
handler calls first, also those of extensions that nobody here has heard of.
"""

from http import HTTPStatus

from jupyter_server.base.handlers import JupyterHandler
from jupyterlab_server.handlers import LabHandler
from tornado.web import Finish, HTTPError

from ..interview.accounts.actor import Actor
from .authorizer import RULES, Asking
from .files import leads_out, place_of
from .identity import login_address
from .lab import INTERVIEW_WORKSPACE


class Gate:
    """Decides which handlers somebody may reach, by the handler's class."""

    async def admit(self, handler: JupyterHandler, actor: Actor) -> None:
        """Return, or raise HTTPError 403; people who asked for a page they cannot have are sent to one they can."""
        if getattr(handler, "is_codewithme_api", False) or getattr(handler, "is_open_page", False):
            return  # our own handlers ask the services, which know who may do what
        ask = Asking(handler, actor)
        rule = RULES.get(type(handler))
        may_pass = await rule(ask) if rule is not None else actor.is_admin and not _goes_out_of_a_session(ask)
        if may_pass:
            handler.has_passed_gate = True  # type: ignore[attr-defined]  # read by GateAuthorizer
            return
        if type(handler) is LabHandler and ask.is_reading:
            _show_the_way(handler, actor)
        raise HTTPError(HTTPStatus.FORBIDDEN, "This is not part of the interview.")


def _goes_out_of_a_session(ask: Asking) -> bool:
    """Whether any part of the address is a path through a symbolic link out of a session's folder."""
    parts = [*ask.handler.path_args, *ask.handler.path_kwargs.values()]
    places = [place_of(part) for part in parts if isinstance(part, str)]
    return any(place is not None and leads_out(ask.root, place) for place in places)


def _show_the_way(handler: JupyterHandler, actor: Actor) -> None:
    """The page at an interview's door says how things stand, and is the same for interviews there are not."""
    interview = INTERVIEW_WORKSPACE.fullmatch(handler.path_kwargs.get("workspace") or "")
    if interview is not None:
        handler.redirect(f"{handler.base_url}codewithme/join/{interview['session_id']}")
        raise Finish
    if actor.is_guest:
        handler.redirect(login_address(handler.base_url))
        raise Finish
