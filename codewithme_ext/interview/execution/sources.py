"""The program that a session's folder holds."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Protocol

from ...errors import FieldProblem, InvalidInputError

NOTEBOOK = ".ipynb"


class Documents(Protocol):
    """The files of a session as everybody's editors show them at this moment."""

    async def texts(self, session_id: str) -> dict[str, str]:
        """Every text file and notebook, by its path in the session's folder."""


def program_of(texts: Mapping[str, str], entry: str, *, largest: int) -> dict[str, str]:
    """The files of a run that starts with `entry`.

    Notebooks are no source of anything, and a file of more than `largest` characters is data that no program of an interview is
    made of. Raises InvalidInputError when there is no such entry.
    """
    if entry not in texts:
        raise InvalidInputError(
            f"There is no file {entry[:100]} in the interview's folder, or it is not text.",
            [FieldProblem("entry", "is not a text file of the interview")],
        )
    return {
        name: text
        for name, text in texts.items()
        if name == entry or (PurePosixPath(name).suffix != NOTEBOOK and len(text) <= largest)
    }
