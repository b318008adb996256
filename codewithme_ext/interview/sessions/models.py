"""An interview, the people in it and the invitations to it, with the changes of state that are legal."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...errors import ChangedMeanwhileError, GoneError, InvalidTransitionError
from ...storage.base import Base, HasCreatedAt, HasId, Id
from ..roles import GRANTS, GRANTS_AFTER_THE_END, GRANTS_WHILE_FROZEN, Capability, Role

PERSON_COLORS = 8
"""How many colours tell people apart; the front end has as many `--cwm-person-…` variables."""


Versions = frozenset[int] | None
"""Versions of a row that a change may start from."""
ANY_VERSION: Versions = None


class SessionStatus(StrEnum):
    """Where an interview stands."""

    OPEN = "open"
    LIVE = "live"
    ENDED = "ended"


class FreezeReason(StrEnum):
    """Why the editor is frozen."""

    FROZEN = "frozen"
    """For a moment, such as to explain something."""
    TIME_UP = "time_up"


class ParticipantState(StrEnum):
    """Where a person stands at the door. Kept in the database, never in a socket."""

    WAITING = "waiting"
    ADMITTED = "admitted"
    REJECTED = "rejected"
    REMOVED = "removed"
    LEFT = "left"


class InterviewSession(HasId, HasCreatedAt, Base):
    """One interview, from open to end."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "host_id", "created_at"),)

    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    problem_statement: Mapped[str] = mapped_column(default="")
    """Markdown."""
    host_id: Mapped[str] = mapped_column(Id(), ForeignKey("users.id", ondelete="CASCADE"))
    language: Mapped[str]
    status: Mapped[SessionStatus] = mapped_column(default=SessionStatus.OPEN)
    password: Mapped[str | None]
    """A hash, or None where the interview asks for none."""
    auto_admit: Mapped[bool] = mapped_column(default=False)
    waiting_room_message: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    """Counts changes of this row; what an ETag says, so that two hosts do not overwrite each other."""
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    """Since when the editor is frozen; the three below are set with it and taken back with it."""
    frozen_by: Mapped[str | None] = mapped_column(Id())
    frozen_by_name: Mapped[str | None]
    freeze_reason: Mapped[FreezeReason | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own way)

    def require_version(self, expected: Versions) -> None:
        """Raises ChangedMeanwhileError unless the row is as somebody saw it who wants to change it."""
        if expected is not None and self.version not in expected:
            raise ChangedMeanwhileError(
                "Somebody else changed this interview meanwhile. Read it again, then repeat your change.", self.version
            )

    @property
    def is_frozen(self) -> bool:
        """Whether those who are interviewed may only read for now."""
        return self.frozen_at is not None

    @property
    def grants(self) -> Mapping[Role, frozenset[Capability]]:
        """The table of rights that holds as the session stands now."""
        if self.has_ended:
            return GRANTS_AFTER_THE_END
        return GRANTS_WHILE_FROZEN if self.is_frozen else GRANTS

    @property
    def has_ended(self) -> bool:
        """Whether the interview is over."""
        return self.status is SessionStatus.ENDED

    def require_open(self) -> None:
        """Raises GoneError when the interview is over."""
        if self.has_ended:
            raise GoneError("The interview has ended. What was written can be read, not changed.")

    def start(self, now: datetime) -> bool:
        """The interview is live from now on; False if it already was."""
        self.require_open()
        if self.status is SessionStatus.LIVE:
            return False
        self.status = SessionStatus.LIVE
        self.started_at = now
        return True

    def end(self, now: datetime) -> None:
        """The interview is over."""
        if self.has_ended:
            raise InvalidTransitionError("The interview has already ended.")
        self.status = SessionStatus.ENDED
        self.ended_at = now

    def freeze(self, reason: FreezeReason, user_id: str | None, name: str, now: datetime) -> None:
        """Only those who hold the interview write and run from now on. A frozen editor's time can still be declared up."""
        self.require_open()
        if self.freeze_reason is reason:
            raise InvalidTransitionError("The editor is already frozen.")
        self.frozen_at, self.frozen_by, self.frozen_by_name, self.freeze_reason = now, user_id, name, reason

    def unfreeze(self) -> None:
        """Everybody writes and runs again as their role says."""
        self.require_open()
        if not self.is_frozen:
            raise InvalidTransitionError("The editor is not frozen.")
        self.frozen_at = self.frozen_by = self.frozen_by_name = self.freeze_reason = None


class Participant(HasId, Base):
    """A person in a session. There is one row a person, however often they come and go."""

    __tablename__ = "session_participants"
    __table_args__ = (
        UniqueConstraint("session_id", "user_id"),
        Index(None, "user_id", "session_created_at", "session_id"),
    )

    session_id: Mapped[str] = mapped_column(Id(), ForeignKey("sessions.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(Id(), ForeignKey("users.id", ondelete="CASCADE"))
    session_created_at: Mapped[datetime]
    """The session's own time, kept here too: the newest of somebody's sessions are found without sorting all of them."""
    role: Mapped[Role]
    state: Mapped[ParticipantState]
    color: Mapped[int]
    """0 to PERSON_COLORS - 1, different within a session as long as there are colours."""
    invitation_id: Mapped[str | None] = mapped_column(
        Id(), ForeignKey("invitations.id", ondelete="SET NULL"), index=True
    )
    requested_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    """When the person was (last) admitted."""
    message: Mapped[str] = mapped_column(default="")
    """The host's word to somebody rejected or removed."""

    @property
    def is_admitted(self) -> bool:
        """Whether the person is inside."""
        return self.state is ParticipantState.ADMITTED

    def may(self, capability: Capability, session: InterviewSession) -> bool:
        """Whether this person may do that in their session as it stands now."""
        return self.is_admitted and capability in session.grants[self.role]

    def ask_again(self, now: datetime) -> bool:
        """Back at the door; False if the person already waits or is inside. Raises GoneError for the rejected and removed."""
        match self.state:
            case ParticipantState.WAITING | ParticipantState.ADMITTED:
                return False
            case ParticipantState.REJECTED | ParticipantState.REMOVED:
                raise GoneError("The host did not let you in. This invitation cannot be used again.")
            case ParticipantState.LEFT:
                self.state = ParticipantState.WAITING
                self.requested_at = now
                return True

    def admit(self, now: datetime) -> None:
        """From the waiting room into the session."""
        self._step(ParticipantState.WAITING, ParticipantState.ADMITTED, "admitted")
        self.joined_at = now

    def reject(self, message: str) -> None:
        """From the waiting room out."""
        self._step(ParticipantState.WAITING, ParticipantState.REJECTED, "rejected")
        self.message = message

    def remove(self, message: str) -> None:
        """Out of the session."""
        if self.role is Role.HOST:
            raise InvalidTransitionError("The host cannot be removed. End the interview instead.")
        self._step(ParticipantState.ADMITTED, ParticipantState.REMOVED, "removed")
        self.message = message

    def change_role(self, role: Role) -> bool:
        """What somebody inside is from now on; False if they were before."""
        if not self.is_admitted:
            raise InvalidTransitionError(f"Only somebody who is admitted has a role; this person is {self.state}.")
        if role is self.role:
            return False
        self.role = role
        return True

    def leave(self) -> None:
        """By choice, from the waiting room or the session."""
        if self.role is Role.HOST:
            raise InvalidTransitionError("The host cannot leave for good. End the interview instead.")
        if self.state not in (ParticipantState.WAITING, ParticipantState.ADMITTED):
            raise InvalidTransitionError(f"Somebody who is {self.state} cannot leave.")
        self.state = ParticipantState.LEFT

    def _step(self, origin: ParticipantState, target: ParticipantState, done: str) -> None:
        if self.state is not origin:
            raise InvalidTransitionError(f"Only somebody who is {origin} can be {done}; this person is {self.state}.")
        self.state = target


class Invitation(HasId, HasCreatedAt, Base):
    """A link that lets people ask to join, until it expires, is revoked, or somebody who came by it is turned away."""

    __tablename__ = "invitations"
    __table_args__ = (Index(None, "session_id"),)

    session_id: Mapped[str] = mapped_column(Id(), ForeignKey("sessions.id", ondelete="CASCADE"))
    role: Mapped[Role]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    uses: Mapped[int] = mapped_column(default=0)

    def is_live(self, now: datetime) -> bool:
        """Whether the link works."""
        return self.revoked_at is None and now < self.expires_at

    def revoke(self, now: datetime) -> bool:
        """The link stops working; False if it already had."""
        if self.revoked_at is not None:
            return False
        self.revoked_at = now
        return True
