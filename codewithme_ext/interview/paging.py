"""Stable cursors: the place of the last row of a page in its order, so that rows added meanwhile shift nothing."""

import base64
import binascii
from datetime import datetime

from ..errors import FieldProblem, InvalidInputError, NotFoundError
from .wire import known_id


def cursor(at: datetime, row_id: str) -> str:
    """The cursor of a row in an order by time and id."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {row_id}".encode()).decode()


def read_cursor(text: str) -> tuple[datetime, str]:
    """The time and id behind a cursor. Raises InvalidInputError for one that was not made by `cursor`."""
    try:
        at, row_id = base64.urlsafe_b64decode(text.encode()).decode().split(" ")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("a cursor's time has a zone")
        return moment, known_id(row_id, "row")
    except (ValueError, binascii.Error, NotFoundError) as error:
        raise InvalidInputError(
            "This cursor is not one of ours. Leave out `after` to start from the beginning.",
            [FieldProblem("after", "is not a cursor that a page gave as next")],
        ) from error
