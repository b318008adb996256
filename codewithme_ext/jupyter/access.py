"""What somebody is in a session, as far as Jupyter's doors are concerned."""

from tornado.web import RequestHandler

from ..interview.accounts.actor import Actor
from ..interview.roles import GRANTS, Capability, Role
from ..interview.sessions.access import Access
from ..interview.sessions.models import SessionStatus
from ..interview.sessions.schemas import SessionsQuery
from ..services import Services
from .identity import SERVICES_KEY

_LISTED_SESSIONS = 200


async def access_to(handler: RequestHandler, actor: Actor, session_id: str) -> Access | None:
    """The actor's place in the session if they are inside now; None for everybody else, and for sessions there are not."""
    access = await _services(handler).sessions.access(actor, session_id)
    if access is None or not access.capabilities or _is_over_for(access.role, access.status):
        return None
    return access


async def viewable_sessions(handler: RequestHandler, actor: Actor) -> list[str]:
    """The ids of the newest sessions that the actor is inside of."""
    page = await _services(handler).sessions.mine(actor, SessionsQuery(limit=_LISTED_SESSIONS))
    return [session.id for session in page.sessions if not _is_over_for(session.role, session.status)]


def _is_over_for(role: Role, status: SessionStatus) -> bool:
    # Those who held it still come in, to read what was written.
    return status is SessionStatus.ENDED and Capability.ADMIT not in GRANTS[role]


def _services(handler: RequestHandler) -> Services:
    services: Services = handler.settings[SERVICES_KEY]
    return services
