"""Accounts on the wire."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, StringConstraints

from ..wire import Password, PersonName, Shape, Text
from .models import User, UserRole


def _lower(email: str) -> str:
    return email.lower()


Email = Annotated[EmailStr, StringConstraints(max_length=254), AfterValidator(_lower)]


class Registration(Shape):
    """POST auth/register."""

    name: PersonName
    email: Email
    password: Password


class Credentials(Shape):
    """POST auth/login. The password has no shape here: a wrong one is wrong, whatever it looks like."""

    email: Annotated[Text, StringConstraints(max_length=254, strip_whitespace=True, to_lower=True)]
    password: Annotated[Text, StringConstraints(max_length=1024)]


class RefreshRequest(Shape):
    """POST auth/refresh and auth/logout; without a token the browser's cookie is meant."""

    refreshToken: Annotated[str, StringConstraints(max_length=1024)] | None = None


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
    """POST auth/token: an access token for the Socket.IO handshake; `expiresIn` in seconds."""

    token: str
    expiresIn: int


class TokenPair(Shape):
    """POST auth/refresh: the old refresh token is spent."""

    token: str
    refreshToken: str


class UserAnswer(Shape):
    """GET auth/me."""

    user: UserView
