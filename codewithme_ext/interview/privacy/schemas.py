"""A person's data on the wire."""

from datetime import datetime
from typing import Any

from ..wire import Shape


class PersonalData(Shape):
    """GET auth/me/export: everything that is kept of a person, by table, as it is in the database but for what logs people in."""

    exported_at: datetime
    data: dict[str, list[dict[str, Any]]]
