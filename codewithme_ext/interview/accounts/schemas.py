"""Accounts on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, EmailStr, StringConstraints, validate_email
from pydantic_core import PydanticCustomError

from ..wire import Password, PersonName, Shape, Text
from .models import User, UserRole


def _lower(email: str) -> str:
    return email.lower()


def as_kept(email: str) -> str:
    """An address as accounts are found by it, in whichever of the ways to write it; what is none stays what it is."""
    try:
        return validate_email(email)[1].lower()
    except PydanticCustomError:
        return email.strip().lower()


GivenPassword = Annotated[Text, StringConstraints(max_length=1024)]
"""A password that is checked, not made: a wrong one is wrong, whatever it looks like."""
Email = Annotated[EmailStr, StringConstraints(max_length=254), AfterValidator(_lower)]


class Registration(Shape):
    """POST auth/register."""

    name: PersonName
    email: Email
    password: Password


class Addition(Shape):
    """`users add`: an account for somebody else, who sets the password by a link where none is given."""

    name: PersonName
    email: Email
    password: Password | None = None


class Credentials(Shape):
    """POST auth/login."""

    email: Annotated[Text, StringConstraints(max_length=254), AfterValidator(as_kept)]
    password: GivenPassword


class RefreshRequest(Shape):
    """POST auth/refresh and auth/logout; without a token the browser's cookie is meant."""

    refreshToken: Annotated[str, StringConstraints(max_length=1024)] | None = None


class PasswordProof(Shape):
    """DELETE auth/me: the password once more, since a browser left open must not be enough."""

    password: GivenPassword


class PasswordChange(PasswordProof):
    """POST auth/password."""

    new_password: Password


class NewPassword(Shape):
    """POST auth/set-password: the token of a sign-in link, and the password to have from now on."""

    token: Annotated[Text, StringConstraints(max_length=100)]
    password: Password


class SignInLinkView(Shape):
    """A sign-in link; `path` is below the server's base URL."""

    path: str
    expires_at: datetime


class DeviceView(Shape):
    """A log-in of the reader's; `is_current` is the one that asks."""

    id: str
    created_at: datetime
    last_used_at: datetime
    address: str
    user_agent: str
    is_current: bool


class DeviceList(Shape):
    """GET auth/devices: last used first."""

    devices: list[DeviceView]


class UserView(Shape):
    """A person as they see themselves."""

    id: str
    name: str
    email: str | None
    role: UserRole

    @classmethod
    def of(cls, user: User) -> "UserView":
        """From the row, without the password."""
        return cls(id=user.id, name=user.name, email=user.email, role=user.role)


class Grant(Shape):
    """What a log-in gives: who it is, an access token (JWT) and a refresh token that can be used once."""

    user: UserView
    token: str
    refreshToken: str


class AccessToken(Shape):
    """POST auth/token: an access token for the Socket.IO handshake.

    `expiresIn` seconds are left of the one that asked, and so of this; a fresh one has `lifetime_s`.
    """

    token: str
    expiresIn: int
    lifetime_s: int


class TokenPair(Shape):
    """POST auth/refresh: the old refresh token is spent."""

    token: str
    refreshToken: str


class UserAnswer(Shape):
    """GET auth/me."""

    user: UserView
