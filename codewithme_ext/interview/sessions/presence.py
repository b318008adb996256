"""Who has a live connection to which session, counted per person: two tabs of one person are one person."""

from collections import defaultdict
from collections.abc import Callable

Place = tuple[str, str, str]
"""Session, user, connection."""


class Presence:
    """Counts connections. Kept in memory: after a restart everybody connects anew.

    Connections to other servers count too, as far as those have said so. What one server says of itself replaces all that it
    said before, so a message that was lost is mended by the next.
    """

    def __init__(self) -> None:
        self._connections: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._here: set[Place] = set()
        self._elsewhere: dict[str, set[Place]] = {}
        self.on_change: Callable[[str, str, str, bool], None] = lambda _session, _user, _connection, _is_open: None
        """Called with each connection to this server that opens or closes."""

    def add(self, session_id: str, user_id: str, connection_id: str) -> bool:
        """A connection opened; True if it is this person's first."""
        self._here.add((session_id, user_id, connection_id))
        is_first = self._add(session_id, user_id, connection_id)
        self.on_change(session_id, user_id, connection_id, True)
        return is_first

    def remove(self, session_id: str, user_id: str, connection_id: str) -> bool:
        """A connection closed; True if it was this person's last."""
        if (session_id, user_id, connection_id) not in self._here:
            return False
        self._here.discard((session_id, user_id, connection_id))
        was_last = self._remove(session_id, user_id, connection_id)
        self.on_change(session_id, user_id, connection_id, False)
        return was_last

    def here(self) -> set[Place]:
        """All connections to this server."""
        return set(self._here)

    def change_elsewhere(
        self, server: str, session_id: str, user_id: str, connection_id: str, *, is_open: bool
    ) -> None:
        """A connection to another server opened or closed; what follows from it, that server's events say."""
        place = (session_id, user_id, connection_id)
        known = self._elsewhere.setdefault(server, set())
        if is_open and place not in known:
            known.add(place)
            self._add(*place)
        elif not is_open and place in known:
            known.discard(place)
            self._remove(*place)

    def set_elsewhere(self, server: str, places: set[Place]) -> set[str]:
        """All connections to another server; returns the sessions in which that was news."""
        known = self._elsewhere.get(server, set())
        opened, closed = places - known, known - places
        for place in closed:
            self._remove(*place)
        for place in opened:
            self._add(*place)
        if places:
            self._elsewhere[server] = set(places)
        else:
            self._elsewhere.pop(server, None)
        return {session_id for session_id, _, _ in opened | closed}

    def is_online(self, session_id: str, user_id: str) -> bool:
        """Whether the person has any connection to the session."""
        return (session_id, user_id) in self._connections

    def connections(self, session_id: str, user_id: str) -> tuple[str, ...]:
        """The ids of the person's connections to the session."""
        return tuple(self._connections.get((session_id, user_id), ()))

    def person_behind(self, session_id: str, connection_id: str) -> str | None:
        """Whose connection to the session this is, on whichever server."""
        for (of_session, user_id), connections in self._connections.items():
            if of_session == session_id and connection_id in connections:
                return user_id
        return None

    def _add(self, session_id: str, user_id: str, connection_id: str) -> bool:
        connections = self._connections[session_id, user_id]
        is_first = not connections
        connections.add(connection_id)
        return is_first

    def _remove(self, session_id: str, user_id: str, connection_id: str) -> bool:
        key = session_id, user_id
        connections = self._connections.get(key)
        if connections is None or connection_id not in connections:
            return False
        connections.discard(connection_id)
        if connections:
            return False
        del self._connections[key]
        return True
