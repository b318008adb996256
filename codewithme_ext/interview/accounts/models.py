"""People: accounts, guests, and the refresh tokens that keep their browsers logged in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ...storage.base import Base, HasCreatedAt, HasId, Id

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
    """A hash (argon2id, or bcrypt until its owner next logs in), never the password."""
    role: Mapped[UserRole] = mapped_column(default=UserRole.USER)
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    """When the account was deleted; the row stays for its name in other people's interviews."""


class Device(HasId, HasCreatedAt, Base):
    """A log-in: one browser or program of a person. Everything it was given dies with it, access tokens too."""

    __tablename__ = "devices"
    __table_args__ = (Index(None, "user_id"),)

    user_id: Mapped[str] = mapped_column(Id(), ForeignKey("users.id", ondelete="CASCADE"))
    last_used_at: Mapped[datetime]
    """When it was logged in or its tokens were last renewed."""
    address: Mapped[str]
    user_agent: Mapped[str]
    revoked_at: Mapped[datetime | None]


class SignInLink(HasId, HasCreatedAt, Base):
    """A link by which somebody whom an admin added sets their password; it works once."""

    __tablename__ = "sign_in_links"
    __table_args__ = (Index(None, "user_id"),)

    user_id: Mapped[str] = mapped_column(Id(), ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RefreshToken(HasId, HasCreatedAt, Base):
    """One refresh token of a device. A second use of a spent one ends the log-in: somebody has a copy."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index(None, "device_id"),)

    device_id: Mapped[str] = mapped_column(Id(), ForeignKey("devices.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token: a copy of the database logs nobody in."""
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
