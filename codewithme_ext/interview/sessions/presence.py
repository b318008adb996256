"""Who has a live connection to which session, counted per person: two tabs of one person are one person."""

from collections import defaultdict


class Presence:
    """Counts connections. Kept in memory: after a restart everybody connects anew."""

    def __init__(self) -> None:
        self._connections: dict[tuple[str, str], set[str]] = defaultdict(set)

    def add(self, session_id: str, user_id: str, connection_id: str) -> bool:
        """A connection opened; True if it is this person's first."""
        connections = self._connections[session_id, user_id]
        is_first = not connections
        connections.add(connection_id)
        return is_first

    def remove(self, session_id: str, user_id: str, connection_id: str) -> bool:
        """A connection closed; True if it was this person's last."""
        key = session_id, user_id
        connections = self._connections.get(key)
        if connections is None or connection_id not in connections:
            return False
        connections.discard(connection_id)
        if connections:
            return False
        del self._connections[key]
        return True

    def is_online(self, session_id: str, user_id: str) -> bool:
        """Whether the person has any connection to the session."""
        return (session_id, user_id) in self._connections

    def connections(self, session_id: str, user_id: str) -> tuple[str, ...]:
        """The ids of the person's connections to the session."""
        return tuple(self._connections.get((session_id, user_id), ()))
