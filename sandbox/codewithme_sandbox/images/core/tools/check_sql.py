"""The compile stage of SQL: is every statement grammatical? Nothing is executed; unknown tables are no matter here."""

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from problem import show

GRAMMAR = ("syntax error", "incomplete input", "unrecognized token")


def statements(text: str) -> Iterator[tuple[int, str]]:
    """Every statement with the number of its first line, without the shell's own lines such as `.tables`."""
    first, pending = 1, ""
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        if not pending.strip():
            first, pending = number, ""
            if line.startswith("."):
                continue
        pending += line
        if sqlite3.complete_statement(pending):
            yield first, pending
            pending = ""
    if pending.strip():
        yield first, pending


def main() -> int:
    name = sys.argv[1]
    text = Path(name).read_text(encoding="utf-8", errors="replace")
    database = sqlite3.connect(":memory:")
    is_sound = True
    for first, statement in statements(text):
        try:
            # One line may hold several statements; those go through the first only, as sqlite3 does not split them.
            database.execute("EXPLAIN " + statement)
        except sqlite3.Warning:
            pass
        except sqlite3.Error as error:
            if any(word in str(error) for word in GRAMMAR):
                lead = len(statement) - len(statement.lstrip())
                line = first + statement[:lead].count("\n")
                show(name, text.splitlines(), line, 1, str(error))
                is_sound = False
    return 0 if is_sound else 1


sys.exit(main())
