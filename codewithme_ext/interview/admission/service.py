"""The door: people ask to join, wait, and are admitted, rejected or removed by the host or an interviewer.

Where somebody stands is a row in the database, keyed by session and person; connections come and go without touching it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ...errors import (
    ConsentRequiredError,
    FieldProblem,
    InvalidInputError,
    NotFoundError,
    NotPermittedError,
    WrongPasswordError,
)
from ...events.types import (
    InvitationRevoked,
    ParticipantAdmitted,
    ParticipantLeft,
    ParticipantRejected,
    ParticipantRemoved,
    ParticipantRoleChanged,
    ParticipantWaiting,
    SessionStarted,
)
from ...storage.unit_of_work import UnitOfWork, Units
from ..accounts.actor import NOWHERE, Actor, Sender
from ..accounts.models import User, UserRole
from ..accounts.passwords import Passwords
from ..accounts.schemas import Grant
from ..accounts.service import AccountService
from ..rate_limits import RateLimits
from ..roles import Capability, Role, may_change_role
from ..sessions.access import enter, find_own, find_participant, find_session
from ..sessions.models import PERSON_COLORS, InterviewSession, Invitation, Participant, ParticipantState
from ..sessions.presence import Presence
from ..sessions.schemas import Door
from ..wire import known_id
from . import schemas
from .invitations import InvitationService


@dataclass(frozen=True)
class Accepted:
    """The answer to an accepted invitation: where the person now stands, and a log-in for a guest who had none."""

    door: Door
    grant: Grant | None


class AdmissionService:
    """Use cases at the door."""

    def __init__(
        self,
        units: Units,
        *,
        accounts: AccountService,
        invitations: InvitationService,
        limits: RateLimits,
        passwords: Passwords,
        presence: Presence,
    ) -> None:
        self._units = units
        self._accounts = accounts
        self._invitations = invitations
        self._limits = limits
        self._passwords = passwords
        self._presence = presence

    async def preview(self, session_id: str, code: str) -> schemas.Preview:
        """What the join page may show of a link; see InvitationService.preview."""
        return await self._invitations.preview(session_id, code)

    async def accept(self, actor: Actor | None, wish: schemas.Acceptance, sender: Sender = NOWHERE) -> Accepted:
        """Ask to join by a link; `actor` None is a stranger, who becomes a guest.

        Raises ConsentRequiredError, NotFoundError, GoneError, WrongPasswordError, InvalidInputError (no name).
        """
        if not wish.consent:
            raise ConsentRequiredError("Agree to what is recorded to join, or tell the host that you do not.")
        async with self._units.glance() as db:
            session, invitation = await self._invitations.redeem(db, wish.session_id, wish.code)
            known = await find_participant(db, session.id, actor.person_id) if actor else None
        if known is None or known.state is ParticipantState.LEFT:
            self._invitations.require_live(session, invitation)
            if session.password is not None and not await self._is_password(session, wish.password, sender):
                raise WrongPasswordError("This is not the interview's password. It came with your invitation.")
        grant = None
        if actor is None:
            actor, grant = await self._ask_as_guest(wish, session.id, invitation, sender)
        else:
            await self._ask(actor, session.id, role=invitation.role, invitation_id=invitation.id, has_agreed=True)
        return Accepted(door=await self.door(actor, session.id), grant=grant)

    async def join(self, actor: Actor, wish: schemas.JoinRequest, sender: Sender = NOWHERE) -> Door:
        """An account asks to join by the session's id.

        Raises NotFoundError, with the same words for a missing session as for a wrong password: ids cannot be probed.
        """
        actor.require_account()
        refusal = NotFoundError("There is no interview with this id, or the password does not match. Check both.")
        try:
            async with self._units.read() as db:
                session = await find_session(db, wish.id)
                participant = await find_participant(db, session.id, actor.person_id)
        except NotFoundError:
            # As slow as a wrong password, and counted like one.
            async with self._limits.session_password(wish.id, sender):
                await self._passwords.matches(wish.password or "", None)
            raise refusal from None
        if participant is None or participant.state is ParticipantState.LEFT:
            if not await self._is_password(session, wish.password, sender):
                raise refusal
            await self._ask(actor, session.id, role=Role.CANDIDATE, invitation_id=None, has_agreed=wish.consent)
        return await self.door(actor, session.id)

    async def door(self, actor: Actor, session_id: str) -> Door:
        """Where the actor stands. Raises NotFoundError for somebody who never asked."""
        async with self._units.glance() as db:
            session, participant = await find_own(db, actor, session_id)
            host = await db.get_one(User, session.host_id)
            return self._door(session, participant, host)

    async def doors(self, session_id: str) -> dict[str, Door]:
        """Where everybody stands with a session, by their ids, for a message to each; nobody if it is gone."""
        async with self._units.read() as db:
            session = await db.get(InterviewSession, session_id)
            if session is None:
                return {}
            host = await db.get_one(User, session.host_id)
            people = await db.scalars(select(Participant).where(Participant.session_id == session_id))
            return {person.user_id: self._door(session, person, host) for person in people}

    async def enter(self, actor: Actor, session_id: str) -> Door:
        """Somebody's browser connects to the session: the host's first entry starts it. Raises NotFoundError, GoneError."""
        async with self._units.begin() as unit:
            session, participant = await find_own(unit.db, actor, session_id, lock=True)
            if participant.role is Role.HOST and not session.has_ended and session.start(unit.now):
                await unit.emit(SessionStarted(session_id=session.id, actor_id=actor.user_id, actor_name=actor.name))
        return await self.door(actor, session.id)

    async def waiting(self, actor: Actor, session_id: str) -> list[schemas.Waiting]:
        """Who waits, longest first (host, interviewer)."""
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.ADMIT)
            return await self._waiting(db, session.id)

    async def waiting_list(self, session_id: str) -> list[schemas.Waiting]:
        """Who waits, for a message to those who may admit; the caller has checked their right."""
        async with self._units.read() as db:
            return await self._waiting(db, session_id)

    async def admit(self, actor: Actor, session_id: str, user_id: str) -> None:
        """Let somebody in who waits."""
        async with self._units.begin() as unit:
            guest, user = await self._at_the_door(unit, actor, session_id, user_id)
            guest.admit(unit.now)
            await self._tell(unit, actor, guest, user.name, ParticipantAdmitted, role=guest.role)

    async def reject(self, actor: Actor, session_id: str, user_id: str, message: str) -> None:
        """Refuse somebody who waits; the link they came by stops working."""
        async with self._units.begin() as unit:
            guest, user = await self._at_the_door(unit, actor, session_id, user_id)
            guest.reject(message)
            await self._tell_turned_away(unit, actor, guest, ParticipantRejected, user.name)

    async def remove(self, actor: Actor, session_id: str, user_id: str, message: str) -> None:
        """Put somebody out who is in; the link they came by stops working."""
        async with self._units.begin() as unit:
            guest, user = await self._at_the_door(unit, actor, session_id, user_id)
            guest.remove(message)
            await self._tell_turned_away(unit, actor, guest, ParticipantRemoved, user.name)

    async def change_role(self, actor: Actor, session_id: str, user_id: str, role: Role) -> schemas.RoleChange:
        """Make somebody inside an interviewer, candidate or observer, as far as the actor's own role goes."""
        async with self._units.begin() as unit:
            session, own = await enter(unit.db, actor, session_id, Capability.ADMIT, lock=True)
            session.require_open()
            person = await find_participant(unit.db, session.id, known_id(user_id, "person in this interview"))
            if person is None:
                raise NotFoundError("There is no such person in this interview.")
            if not may_change_role(own.role, person.role, role):
                raise NotPermittedError(f"As {own.role} you cannot make a {person.role} a {role}.")
            user = await unit.db.get_one(User, person.user_id)
            if person.change_role(role):
                await self._tell(unit, actor, person, user.name, ParticipantRoleChanged, role=role)
            return schemas.RoleChange(user_id=user.id, name=user.name, role=person.role)

    async def leave(self, actor: Actor, session_id: str) -> None:
        """Go by choice, from the waiting room or the session."""
        async with self._units.begin() as unit:
            _, participant = await find_own(unit.db, actor, session_id, lock=True)
            was_admitted = participant.is_admitted
            participant.leave()
            await self._tell(unit, actor, participant, actor.name, ParticipantLeft, was_admitted=was_admitted)

    def _door(self, session: InterviewSession, participant: Participant, host: User) -> Door:
        has_ended = session.has_ended and participant.state in (ParticipantState.WAITING, ParticipantState.ADMITTED)
        return Door(
            id=session.id,
            state="ended" if has_ended else participant.state,
            role=participant.role,
            host_name=host.name,
            host_is_online=self._presence.is_online(session.id, session.host_id),
            waiting_room_message=session.waiting_room_message,
            message=participant.message,
            requested_at=participant.requested_at,
        )

    async def _is_password(self, session: InterviewSession, given: str | None, sender: Sender) -> bool:
        async with self._limits.session_password(session.id, sender) as tries:
            matches = await self._passwords.matches(given or "", session.password)
            if matches or session.password is None:
                tries.right()
        return tries.was_right

    async def _ask_as_guest(
        self, wish: schemas.Acceptance, session_id: str, invitation: Invitation, sender: Sender
    ) -> tuple[Actor, Grant]:
        """Make a guest who asks, in one step: there are no guests whom no interview knows."""
        if wish.name is None:
            raise InvalidInputError(
                "Give the name that the others will see.", [FieldProblem("name", "is needed without an account")]
            )
        async with self._units.begin() as unit:
            grant = await self._accounts.admit_guest(unit, wish.name, sender)
            actor = Actor(user_id=grant.user.id, name=grant.user.name, role=UserRole.GUEST)
            await self._ask_once(
                unit, actor, session_id, role=invitation.role, invitation_id=invitation.id, has_agreed=True
            )
        return actor, grant

    async def _ask(
        self, actor: Actor, session_id: str, *, role: Role, invitation_id: str | None, has_agreed: bool
    ) -> None:
        try:
            async with self._units.begin() as unit:
                await self._ask_once(
                    unit, actor, session_id, role=role, invitation_id=invitation_id, has_agreed=has_agreed
                )
        except IntegrityError:
            # Two tabs asked at the same moment: the other one made the row, which is all that was wanted.
            return

    async def _ask_once(
        self,
        unit: UnitOfWork,
        actor: Actor,
        session_id: str,
        *,
        role: Role,
        invitation_id: str | None,
        has_agreed: bool,
    ) -> None:
        session = await find_session(unit.db, session_id, lock=True)
        session.require_open()
        participant = await find_participant(unit.db, session.id, actor.person_id)
        if participant is not None:
            if not participant.ask_again(unit.now):
                return
        else:
            participant = Participant(
                session_id=session.id,
                user_id=actor.person_id,
                session_created_at=session.created_at,
                role=role,
                state=ParticipantState.WAITING,
                color=await _next_color(unit, session.id),
                invitation_id=invitation_id,
                requested_at=unit.now,
                consented_at=unit.now if has_agreed else None,
            )
            unit.db.add(participant)
            await unit.db.flush()
        if invitation_id is not None:
            invitation = await unit.db.get_one(Invitation, invitation_id)
            self._invitations.require_live(session, invitation)  # it may have been revoked while a password was checked
            invitation.uses += 1
        if session.auto_admit:
            participant.admit(unit.now)
            await self._tell(unit, Actor.system(), participant, actor.name, ParticipantAdmitted, role=participant.role)
        else:
            await self._tell(unit, actor, participant, actor.name, ParticipantWaiting, role=participant.role)

    async def _at_the_door(
        self, unit: UnitOfWork, actor: Actor, session_id: str, user_id: str
    ) -> tuple[Participant, User]:
        session, _ = await enter(unit.db, actor, session_id, Capability.ADMIT, lock=True)
        session.require_open()
        guest = await find_participant(unit.db, session.id, known_id(user_id, "person in this interview"))
        if guest is None:
            raise NotFoundError("There is no such person in this interview.")
        return guest, await unit.db.get_one(User, guest.user_id)

    async def _tell(
        self,
        unit: UnitOfWork,
        actor: Actor,
        person: Participant,
        username: str,
        event: type[
            ParticipantAdmitted
            | ParticipantLeft
            | ParticipantRejected
            | ParticipantRemoved
            | ParticipantRoleChanged
            | ParticipantWaiting
        ],
        **values: Any,
    ) -> None:
        await unit.emit(
            event(
                session_id=person.session_id,
                actor_id=actor.user_id,
                actor_name=actor.name,
                user_id=person.user_id,
                username=username,
                **values,
            )
        )

    async def _tell_turned_away(
        self,
        unit: UnitOfWork,
        actor: Actor,
        guest: Participant,
        event: type[ParticipantRejected | ParticipantRemoved],
        username: str,
    ) -> None:
        await self._tell(unit, actor, guest, username, event, message=guest.message)
        await self._spend_invitation(unit, actor, guest)

    async def _spend_invitation(self, unit: UnitOfWork, actor: Actor, guest: Participant) -> None:
        # Guests have no account to bar: without this they would come back by the same link under another name.
        if guest.invitation_id is None:
            return
        invitation = await unit.db.get(Invitation, guest.invitation_id)
        if invitation is not None and invitation.revoke(unit.now):
            await unit.emit(
                InvitationRevoked(
                    session_id=guest.session_id,
                    actor_id=actor.user_id,
                    actor_name=actor.name,
                    invitation_id=invitation.id,
                )
            )

    async def _waiting(self, db: AsyncSession, session_id: str) -> list[schemas.Waiting]:
        rows = await db.execute(
            select(Participant, User.name)
            .join(User, User.id == Participant.user_id)
            .where(Participant.session_id == session_id, Participant.state == ParticipantState.WAITING)
            .order_by(Participant.requested_at, Participant.color)
        )
        return [
            schemas.Waiting(
                user_id=participant.user_id,
                username=name,
                role=participant.role,
                requested_at=participant.requested_at,
                is_online=self._presence.is_online(session_id, participant.user_id),
            )
            for participant, name in rows
        ]


async def _next_color(unit: UnitOfWork, session_id: str) -> int:
    people = await unit.db.scalar(
        select(func.count()).select_from(Participant).where(Participant.session_id == session_id)
    )
    return (people or 0) % PERSON_COLORS
