"""Keeps a copy of a SQLite database before its tables change. PostgreSQL's own tools do that for PostgreSQL."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from ..errors import ConfigurationError


def keep_copy(address: URL, *, before: str) -> Path | None:
    """Copy the database to `<name>-before-<revision>.sqlite` beside it; None where there is no file to copy.

    SQLite's own backup: the copy is whole even while somebody writes. Raises ConfigurationError when it cannot be made; the
    migration then does not begin.
    """
    if address.get_backend_name() != "sqlite" or not address.database or not Path(address.database).is_file():
        return None
    original = Path(address.database)
    kept = original.with_name(f"{original.stem}-before-{before}.sqlite")
    unfinished = kept.with_suffix(".unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
        unfinished.replace(kept)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise ConfigurationError(
            f"The database could not be copied to {kept} before its tables change ({error}). Nothing was changed; make space."
        ) from error
    return kept
