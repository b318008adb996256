"""What snapshots need of the documents people write together."""

from collections.abc import Mapping
from typing import Protocol

from ..accounts.actor import Actor


class Documents(Protocol):
    """The files of a session as everybody's editors show them at this moment."""

    async def texts(self, session_id: str) -> dict[str, str]:
        """Every text file and notebook, by its path in the session's folder."""

    async def restore(self, actor: Actor, session_id: str, contents: Mapping[str, str]) -> None:
        """Make the files read so, as edits of the actor's that open editors follow; missing files are made, none deleted."""
