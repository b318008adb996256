"""Who does something: the first argument of every use case."""

from dataclasses import dataclass
from typing import Self

from ...errors import NotPermittedError
from .models import UserRole


@dataclass(frozen=True)
class Sender:
    """Where a request comes from, as far as the server can tell; empty for the server's own hand.

    `address` is the sender's own, past proxies that the settings trust.
    """

    address: str = ""
    user_agent: str = ""


NOWHERE = Sender()


@dataclass(frozen=True)
class Actor:
    """A known person, or the system itself (the command line, start-up), which has no user row."""

    user_id: str | None
    name: str
    role: UserRole
    device_id: str | None = None
    """The log-in that the request came by."""

    @classmethod
    def system(cls) -> Self:
        """The server's own hand."""
        return cls(user_id=None, name="System", role=UserRole.ADMIN)

    @property
    def is_guest(self) -> bool:
        """Whether the person has no account."""
        return self.role is UserRole.GUEST

    @property
    def is_admin(self) -> bool:
        """Whether all of Jupyter is open to them."""
        return self.role is UserRole.ADMIN

    @property
    def person_id(self) -> str:
        """The user's id, where only a person makes sense."""
        if self.user_id is None:
            raise NotPermittedError("Only a person can do this, not the server itself.")
        return self.user_id

    def require_account(self) -> str:
        """The user's id; raises NotPermittedError for guests."""
        if self.is_guest:
            raise NotPermittedError("This needs an account. Log in, or register if this server allows it.")
        return self.person_id
