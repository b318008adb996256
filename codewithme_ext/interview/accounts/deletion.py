"""Deleting an account: the interviews it hosts go with it, what was said in other people's stays theirs."""

from typing import Protocol

from sqlalchemy import delete, exists, select, update

from ...errors import NotPermittedError
from ...events.types import ParticipantLeft
from ...storage.unit_of_work import UnitOfWork, Units
from ..sessions.models import InterviewSession, Participant, ParticipantState
from .actor import NOWHERE, Actor, Sender
from .logins import LogIns
from .models import OWNER_ID, SignInLink, User, UserRole
from .schemas import PasswordProof
from .service import AccountService

GONE = "Somebody who is gone"
_GUESTS_AT_ONCE = 50


class Sessions(Protocol):
    """Deletes a session and everything in it."""

    async def delete(self, actor: Actor, session_id: str) -> None:
        """As the host, who asks."""


class AccountDeletion:
    """The use case. It can be repeated where it broke off: the account itself goes last."""

    def __init__(self, units: Units, *, accounts: AccountService, logins: LogIns, sessions: Sessions) -> None:
        self._units = units
        self._accounts = accounts
        self._logins = logins
        self._sessions = sessions

    async def delete(self, actor: Actor, wish: PasswordProof, sender: Sender = NOWHERE) -> None:
        """Delete the actor's account. Raises WrongPasswordError, NotPermittedError for the server's owner and guests."""
        if actor.user_id == OWNER_ID:
            raise NotPermittedError("The owner of the server has no account that could be deleted.")
        await self._accounts.check_password(actor, wish.password, sender)
        await self.carry_out(actor.person_id)

    async def carry_out(self, user_id: str) -> None:
        """Delete somebody's account, their own or on an admin's word, which the caller has checked."""
        async with self._units.read() as db:
            user = await db.get_one(User, user_id)
        person = Actor(user_id=user.id, name=user.name, role=user.role)
        for session_id in await self._hosted(user_id):
            await self._sessions.delete(person, session_id)
        async with self._units.begin() as unit:
            # Held from the start: whoever logs in at this moment is ended with the others, or comes too late.
            user = await unit.db.get_one(User, user_id, with_for_update=True)
            await self._leave_all(unit, person)
            await self._logins.end_all(unit, user_id)
            await unit.db.execute(delete(SignInLink).where(SignInLink.user_id == user_id))
            # The name stays for the records of the others, and nothing by which anybody could log in or be written to.
            user.email = user.password = None
            user.deleted_at = user.updated_at = unit.now

    async def forget_guests(self) -> int:
        """Take their names and log-ins from guests whom no interview knows any more; returns how many there were."""
        is_forgotten = (
            User.role == UserRole.GUEST,
            User.deleted_at.is_(None),
            ~exists().where(Participant.user_id == User.id),
        )
        count = 0
        while True:
            async with self._units.begin() as unit:
                some = (await unit.db.scalars(select(User.id).where(*is_forgotten).limit(_GUESTS_AT_ONCE))).all()
                for user_id in some:
                    await self._logins.end_all(unit, user_id)
                await unit.db.execute(
                    update(User).where(User.id.in_(some)).values(name=GONE, deleted_at=unit.now, updated_at=unit.now)
                )
            count += len(some)
            if len(some) < _GUESTS_AT_ONCE:
                return count

    async def _hosted(self, user_id: str) -> list[str]:
        async with self._units.read() as db:
            return list(await db.scalars(select(InterviewSession.id).where(InterviewSession.host_id == user_id)))

    async def _leave_all(self, unit: UnitOfWork, actor: Actor) -> None:
        present = await unit.db.scalars(
            select(Participant)
            .where(
                Participant.user_id == actor.person_id,
                Participant.state.in_((ParticipantState.WAITING, ParticipantState.ADMITTED)),
            )
            .order_by(Participant.session_id)  # the same for everybody: the logs are held until the end
        )
        for participant in present.all():
            was_admitted = participant.is_admitted
            participant.leave()
            await unit.emit(
                ParticipantLeft(
                    session_id=participant.session_id,
                    actor_id=actor.user_id,
                    actor_name=actor.name,
                    user_id=actor.person_id,
                    username=actor.name,
                    was_admitted=was_admitted,
                )
            )
