"""People: accounts, guests, and the refresh tokens that keep their browsers logged in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from ...storage.base import Base, HasCreatedAt, HasId

OWNER_ID = "00000000-0000-4000-8000-000000000001"
"""The server's owner has a fixed id, so that two first log-ins at once cannot make two of them."""


class UserRole(StrEnum):
    """What somebody is on this server, whatever they are in a session."""

    USER = "user"
    """An account: may create interviews."""
    ADMIN = "admin"
    """An account that also has all of Jupyter; the server's owner is one."""
    GUEST = "guest"
    """No account: came in by an invitation."""


class User(HasId, HasCreatedAt, Base):
    """A person. Guests and the server's owner have no email, and whoever has no password cannot log in with one."""

    __tablename__ = "users"

    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)
    """Lower case, so that the unique constraint ignores case."""
    password: Mapped[str | None]
    """A hash (argon2id), never the password."""
    role: Mapped[UserRole] = mapped_column(default=UserRole.USER)
    updated_at: Mapped[datetime]


class RefreshToken(HasId, HasCreatedAt, Base):
    """One refresh token of a family (one log-in). A second use of a spent one revokes the family: somebody has a copy."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index(None, "user_id"), Index(None, "family_id"))

    user_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), ForeignKey("users.id", ondelete="CASCADE"))
    family_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token: a copy of the database logs nobody in."""
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
