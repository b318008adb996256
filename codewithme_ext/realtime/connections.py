"""The open Socket.IO connections of this server: who each is, and which session it follows."""

from collections.abc import Collection
from dataclasses import dataclass

from ..errors import NotFoundError
from ..interview.accounts.actor import Actor, Sender


def session_room(session_id: str) -> str:
    """The room of everybody inside."""
    return f"session:{session_id}"


def hosts_room(session_id: str) -> str:
    """The room of those who may admit."""
    return f"hosts:{session_id}"


def waiting_room(session_id: str) -> str:
    """The room of those who wait; nothing of the session is ever sent to it."""
    return f"waiting:{session_id}"


def user_room(user_id: str) -> str:
    """The room of all connections of one person."""
    return f"user:{user_id}"


@dataclass
class Connection:
    """One connection. `is_inside`: its person is admitted to the session it follows."""

    sid: str
    actor: Actor
    sender: Sender
    session_id: str | None = None
    is_inside: bool = False


class Connections:
    """Looks connections up by id."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Connection] = {}

    def __len__(self) -> int:
        return len(self._by_sid)

    def add(self, connection: Connection) -> None:
        """A connection opened."""
        self._by_sid[connection.sid] = connection

    def remove(self, sid: str) -> Connection | None:
        """A connection closed."""
        return self._by_sid.pop(sid, None)

    def knows(self, sid: str) -> bool:
        """Whether a connection with this id is open; a client may send a message that is called `connect`."""
        return sid in self._by_sid

    def get(self, sid: str) -> Connection:
        """The connection with this id. Raises NotFoundError if it is closed."""
        connection = self._by_sid.get(sid)
        if connection is None:
            raise NotFoundError("This connection is closed. Connect again.")
        return connection

    def number_of(self, user_id: str) -> int:
        """How many connections somebody has open."""
        return sum(c.actor.user_id == user_id for c in self._by_sid.values())

    def devices(self) -> list[str | None]:
        """The log-ins that open connections came by."""
        return [c.actor.device_id for c in self._by_sid.values()]

    def of_devices(self, device_ids: Collection[str]) -> list[Connection]:
        """The connections that came by these log-ins."""
        return [c for c in self._by_sid.values() if c.actor.device_id in device_ids]

    def of_person(self, session_id: str, user_id: str) -> list[Connection]:
        """The connections of somebody that follow a session, waiting or inside."""
        return [c for c in self.of_session(session_id) if c.actor.user_id == user_id]

    def following(self) -> list[Connection]:
        """All connections that follow any session."""
        return [c for c in self._by_sid.values() if c.session_id is not None]

    def of_session(self, session_id: str) -> list[Connection]:
        """All connections that follow a session, waiting or inside."""
        return [c for c in self._by_sid.values() if c.session_id == session_id]
