"""The door on the wire: invitations, asking to join, the waiting room."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ..accounts.schemas import UserView
from ..roles import Role
from ..sessions.schemas import Door
from ..wire import PersonName, Shape, Text

WordToPerson = Annotated[Text, StringConstraints(max_length=500, strip_whitespace=True)]
MAX_INVITATION_LIFETIME_S = 90 * 24 * 3600
DEFAULT_INVITATION_LIFETIME_S = 7 * 24 * 3600


class InvitationCreation(Shape):
    """POST sessions/:id/invitations; nobody is invited as host."""

    role: Literal[Role.INTERVIEWER, Role.CANDIDATE, Role.OBSERVER] = Role.CANDIDATE
    expires_in_s: Annotated[int, Field(ge=60, le=MAX_INVITATION_LIFETIME_S)] = DEFAULT_INVITATION_LIFETIME_S


class Invitation(Shape):
    """An invitation as hosts see it; `url` is the join page's address, below the base URL until a way in puts that before it."""

    id: str
    role: Role
    url: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    uses: int


class InvitationAnswer(Shape):
    """One invitation."""

    invitation: Invitation


class InvitationList(Shape):
    """GET sessions/:id/invitations, newest first."""

    invitations: list[Invitation]


class JoinRequest(Shape):
    """POST sessions/join: an account asks to join by the session's id."""

    id: Annotated[Text, StringConstraints(max_length=100)]
    password: Annotated[Text, StringConstraints(max_length=1024)] | None = None
    consent: bool = False
    """Whether the person was told what is recorded, and agreed; kept with the request."""


class Acceptance(Shape):
    """POST invitations/accept: somebody with a link asks to join. Accounts keep their own name."""

    session_id: Annotated[Text, StringConstraints(max_length=100)]
    code: Annotated[Text, StringConstraints(max_length=200)]
    name: PersonName | None = None
    password: Annotated[Text, StringConstraints(max_length=1024)] | None = None
    consent: bool = False


class Accepted(Shape):
    """POST invitations/accept: where the person now stands; a guest who had no log-in gets one."""

    session: Door
    user: UserView
    token: str | None = None
    refreshToken: str | None = None


class WordTo(Shape):
    """Body of admit, reject and remove: an optional word to the person."""

    message: WordToPerson = ""


class RoleWish(Shape):
    """PATCH sessions/:id/participants/:id; nobody becomes host."""

    role: Literal[Role.INTERVIEWER, Role.CANDIDATE, Role.OBSERVER]


class RoleChange(Shape):
    """What somebody is now."""

    user_id: str
    name: str
    role: Role


class RoleAnswer(Shape):
    """PATCH sessions/:id/participants/:id."""

    participant: RoleChange


class Waiting(Shape):
    """Somebody in the waiting room."""

    user_id: str
    username: str
    role: Role
    requested_at: datetime
    is_online: bool


class WaitingList(Shape):
    """GET sessions/:id/waiting, longest first."""

    waiting: list[Waiting]


class Preview(Shape):
    """All that a live invitation shows before anybody joins (claim C70)."""

    session_id: str
    host_name: str
    has_password: bool
    role: Role
