"""Whose client ids are whose in one document, so that nobody writes or is seen in another's name.

Each page takes an id of its own by chance and numbers what it writes; what comes under a number that is known already is taken for
the same. Somebody who wrote under another's id and next number would therefore make that person's next key count as known, and it
would be lost. So an id belongs to whoever shows it first: nobody else can know it before, since all they hear comes from here.

What is new under an id that belongs to somebody else is refused. An id that nobody has shown since the server started is nobody's,
and anybody may bring what was written under it: if the server lost its last moments, or its database was put back to an earlier
state, others may be the only ones who still have it, and their own writing builds upon it. Only its last author, as the history
says, can take such an id. So there is one gap: between a restart of the server and the return of a page that was open before,
somebody can write under that page's id. The history has who it was.
"""

from collections.abc import Iterable
from typing import Protocol

from .models import UpdateKind
from .updates import UnreadableUpdateError, clients_in


class Recorded(Protocol):
    """An update as it was stored."""

    @property
    def author_id(self) -> str | None:
        """Who sent it."""

    @property
    def kind(self) -> UpdateKind:
        """Why the document changed."""

    @property
    def content(self) -> bytes:
        """What Yjs made of it."""


class ClientOwners:
    """Whose client ids are whose in one document, for as long as the server runs."""

    def __init__(self) -> None:
        self._shown: dict[int, str] = {}
        self._recorded: dict[int, str] = {}

    def recall(self, updates: Iterable[Recorded]) -> None:
        """Learn from the history who wrote under which id."""
        for update in updates:
            if update.kind is UpdateKind.EDIT and update.author_id is not None:
                try:
                    clients = clients_in(update.content)
                except UnreadableUpdateError:
                    continue  # stored by an older version, which let more pass
                for client_id in clients:
                    self._recorded.setdefault(client_id, update.author_id)

    def claim(self, client_id: int, user_id: str) -> bool:
        """Somebody shows an id; returns whether it is theirs."""
        owner = self._shown.get(client_id)
        if owner is None and self._recorded.get(client_id, user_id) == user_id:
            self._shown[client_id] = owner = user_id
        return owner == user_id

    def is_shown(self, client_id: int) -> bool:
        """Whether it is somebody's."""
        return client_id in self._shown

    def is_of_another(self, client_id: int, user_id: str) -> bool:
        """Whether it belongs to somebody else."""
        return self._shown.get(client_id, user_id) != user_id
