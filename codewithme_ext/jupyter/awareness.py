"""Who is seen where in a document: names and colours are the server's, and nobody speaks for somebody else.

Browsers pass on what they heard of each other, and could invent all of it. Each client id therefore belongs to the person who
used it first; a returning tab is still its person. What others say about it is dropped.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..interview.documents.owners import ClientOwners
from .messages import Presence

_MAX_CLIENTS_PER_PERSON = 100
"""Each reload of a page takes a new id; an id is never worth more than a cursor, so a mischief-maker's hundredth is ignored."""


class Speakers:
    """What was said last under which client id of one room."""

    def __init__(self, owners: ClientOwners) -> None:
        self._owners = owners
        self._counts: Counter[str] = Counter()
        self._said: dict[int, Presence] = {}

    def own(self, user_id: str, said: Sequence[Presence], identity: Mapping[str, Any]) -> list[Presence]:
        """What of `said` the person may say, in each state their `identity` in place of what they claim to be."""
        own = [
            replace(presence, state=None if presence.state is None else {**presence.state, "user": dict(identity)})
            for presence in said
            if self._is_own(presence.client_id, user_id)
        ]
        for presence in own:
            before = self._said.get(presence.client_id)
            if before is None or before.clock <= presence.clock:
                self._said[presence.client_id] = presence
        return own

    def others(self, client_ids: Container[int]) -> list[Presence]:
        """Who is seen in the room, without some."""
        return [presence for presence in self._said.values() if presence.state and presence.client_id not in client_ids]

    def gone(self, client_ids: Iterable[int]) -> list[Presence]:
        """Clients have gone; returns what to tell the others."""
        told = []
        for client_id in client_ids:
            presence = self._said.get(client_id)
            if presence is not None and presence.state is not None:
                self._said[client_id] = replace(presence, state=None)
                told.append(self._said[client_id])
        return told

    def _is_own(self, client_id: int, user_id: str) -> bool:
        if not self._owners.is_shown(client_id):
            if self._counts[user_id] >= _MAX_CLIENTS_PER_PERSON:
                return False
            self._counts[user_id] += 1
        return self._owners.claim(client_id, user_id)
