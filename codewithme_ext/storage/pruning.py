"""Deletes many rows a few at a time, so that nobody who writes meanwhile waits for all of them."""

from sqlalchemy import ColumnElement, delete, select

from .base import HasId
from .unit_of_work import Units

AT_ONCE = 500


async def prune(units: Units, table: type[HasId], *old: ColumnElement[bool]) -> int:
    """Delete the rows of `table` that are `old`, each few in a transaction of their own; returns how many there were."""
    deleted = 0
    while True:
        some = select(table.id).where(*old).limit(AT_ONCE)
        async with units.begin() as unit:
            # The condition twice: a row may have changed while we waited for its lock.
            gone = await unit.db.execute(
                delete(table).where(table.id.in_(some), *old).returning(table.id),
                execution_options={"synchronize_session": False},
            )
            count = len(gone.all())
        deleted += count
        if count < AT_ONCE:
            return deleted
