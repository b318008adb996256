"""Lists as files: JSON for programs, CSV for spreadsheets, where no cell can become a formula (claim C41)."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_json(value: Any) -> bytes:
    """A value as people can read it too."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def csv_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, with_head: bool) -> bytes:
    """Rows of a CSV file in UTF-8; anything that is no plain text or number is JSON in its cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    if with_head:
        writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row[column]) for column in columns])
    return text.getvalue().encode("utf-8-sig" if with_head else "utf-8")


def cell(value: Any) -> str | float | None:
    """A cell's content: text that a spreadsheet would take for a formula begins with an apostrophe."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
