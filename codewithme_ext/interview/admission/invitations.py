"""Invitations: links that let people ask to join.

The code in a link is an HMAC of the invitation's id, so that a link can be shown again to the host and yet nothing in the
database lets anybody in.
"""

import base64
import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ...errors import GoneError, NotFoundError
from ...events.types import InvitationCreated, InvitationRevoked
from ...storage.pruning import prune
from ...storage.unit_of_work import UnitOfWork, Units
from ..accounts.actor import Actor
from ..accounts.models import User
from ..roles import Capability, Role
from ..sessions.access import enter, find_session
from ..sessions.models import InterviewSession, Invitation
from ..wire import known_id
from . import schemas

KEPT_FOR = timedelta(days=30)
_CODE_BYTES = 18


class InvitationService:
    """Use cases of hosts and interviewers with invitations, and what a link shows."""

    def __init__(self, units: Units, *, secret: str) -> None:
        self._units = units
        self._key = hashlib.sha256(b"invitation codes:" + secret.encode()).digest()

    async def create(self, actor: Actor, session_id: str, wish: schemas.InvitationCreation) -> schemas.Invitation:
        """A new link."""
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.INVITE)
            return self._view(await self._add(unit, actor, session, wish))

    async def candidate_link(self, actor: Actor, session_id: str) -> schemas.Invitation:
        """The newest live link for a candidate, or a new one: what the button "Copy link" copies."""
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.INVITE)
            invitations = await unit.db.scalars(
                select(Invitation)
                .where(
                    Invitation.session_id == session.id,
                    Invitation.role == Role.CANDIDATE,
                    Invitation.revoked_at.is_(None),
                    Invitation.expires_at > unit.now + timedelta(hours=1),
                )
                .order_by(Invitation.created_at.desc())
                .limit(1)
            )
            invitation = invitations.first()
            if invitation is None:
                invitation = await self._add(unit, actor, session, schemas.InvitationCreation())
            return self._view(invitation)

    async def list(self, actor: Actor, session_id: str) -> list[schemas.Invitation]:
        """All links of a session, newest first."""
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.INVITE)
            rows = await db.scalars(
                select(Invitation)
                .where(Invitation.session_id == session.id)
                .order_by(Invitation.created_at.desc(), Invitation.id)
            )
            return [self._view(row) for row in rows]

    async def get(self, actor: Actor, session_id: str, invitation_id: str) -> schemas.Invitation:
        """One link."""
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.INVITE)
            return self._view(await self._find(db, session.id, invitation_id))

    async def revoke(self, actor: Actor, session_id: str, invitation_id: str) -> None:
        """The link stops working; revoking it twice is no error."""
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.INVITE)
            invitation = await self._find(unit.db, session.id, invitation_id)
            if invitation.revoke(unit.now):
                await unit.emit(
                    InvitationRevoked(
                        session_id=session.id,
                        actor_id=actor.user_id,
                        actor_name=actor.name,
                        invitation_id=invitation.id,
                    )
                )

    async def prune(self) -> int:
        """Delete the links that stopped working long ago; returns how many. Until then they say that they expired."""
        long_ago = self._units.now - KEPT_FOR
        return await prune(
            self._units, Invitation, (Invitation.expires_at < long_ago) | (Invitation.revoked_at < long_ago)
        )

    async def preview(self, session_id: str, code: str) -> schemas.Preview:
        """What a link shows. Raises NotFoundError for a wrong link, GoneError for one that worked once."""
        async with self._units.read() as db:
            session, invitation = await self.redeem(db, session_id, code)
            self.require_live(session, invitation)
            host = await db.get_one(User, session.host_id)
            return schemas.Preview(
                session_id=session.id,
                host_name=host.name,
                has_password=session.password is not None,
                role=invitation.role,
            )

    async def redeem(self, db: AsyncSession, session_id: str, code: str) -> tuple[InterviewSession, Invitation]:
        """The session and invitation that a link's two parts belong to, live or not. Raises NotFoundError."""
        invitation_id = self._invitation_id(code)
        invitation = await db.get(Invitation, invitation_id) if invitation_id else None
        if invitation is None or invitation.session_id != known_id(session_id, "interview"):
            raise NotFoundError("There is no interview behind this link. Ask whoever sent it for a new one.")
        return await find_session(db, invitation.session_id), invitation

    def require_live(self, session: InterviewSession, invitation: Invitation) -> None:
        """Raises GoneError unless people may still ask to join by this link."""
        if session.has_ended:
            raise GoneError("The interview has ended.")
        if not invitation.is_live(self._units.now):
            raise GoneError("This link has expired. Ask whoever sent it for a new one.")

    async def _find(self, db: AsyncSession, session_id: str, invitation_id: str) -> Invitation:
        invitation = await db.get(Invitation, known_id(invitation_id, "invitation"))
        if invitation is None or invitation.session_id != session_id:
            raise NotFoundError("There is no such invitation.")
        return invitation

    async def _add(
        self, unit: UnitOfWork, actor: Actor, session: InterviewSession, wish: schemas.InvitationCreation
    ) -> Invitation:
        session.require_open()
        invitation = Invitation(
            session_id=session.id,
            role=wish.role,
            created_at=unit.now,
            expires_at=unit.now + timedelta(seconds=wish.expires_in_s),
            uses=0,
        )
        unit.db.add(invitation)
        await unit.db.flush()
        await unit.emit(
            InvitationCreated(
                session_id=session.id,
                actor_id=actor.user_id,
                actor_name=actor.name,
                invitation_id=invitation.id,
                role=invitation.role,
                expires_at=invitation.expires_at,
            )
        )
        return invitation

    def _view(self, invitation: Invitation) -> schemas.Invitation:
        return schemas.Invitation(
            id=invitation.id,
            role=invitation.role,
            url=f"codewithme/join/{invitation.session_id}?code={self._code(invitation.id)}",
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
            revoked_at=invitation.revoked_at,
            uses=invitation.uses,
        )

    def _code(self, invitation_id: str) -> str:
        return f"{invitation_id.replace('-', '')}.{self._signature(invitation_id)}"

    def _invitation_id(self, code: str) -> str | None:
        bare, _, signature = code.partition(".")
        try:
            invitation_id = known_id(bare, "invitation")
        except NotFoundError:
            return None
        is_ours = hmac.compare_digest(signature.encode(), self._signature(invitation_id).encode())
        return invitation_id if is_ours else None

    def _signature(self, invitation_id: str) -> str:
        digest = hmac.new(self._key, invitation_id.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:_CODE_BYTES]).decode()
