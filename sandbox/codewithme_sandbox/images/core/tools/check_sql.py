"""The compile stage of SQL: is every statement grammatical? Nothing is executed; unknown tables are no matter here."""

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from problem import show

GRAMMAR = ("syntax error", "incomplete input", "unrecognized token")


def statements(text: str) -> Iterator[tuple[int, str]]:
    """Every statement with the number of its first line, without the shell's own lines such as `.tables`."""
    text = "".join("\n" if line.startswith(".") else line for line in text.splitlines(keepends=True))
    start = 0
    for end in (position + 1 for position, character in enumerate(text) if character == ";"):
        if sqlite3.complete_statement(text[start:end]):
            yield first_line(text, start), text[start:end]
            start = end
    if text[start:].strip():
        yield first_line(text, start), text[start:]


def first_line(text: str, start: int) -> int:
    lead = len(text[start:]) - len(text[start:].lstrip())
    return text.count("\n", 0, start + lead) + 1


def main() -> int:
    name = sys.argv[1]
    text = Path(name).read_text(encoding="utf-8", errors="replace")
    database = sqlite3.connect(":memory:")
    is_sound = True
    for first, statement in statements(text):
        try:
            database.execute("EXPLAIN " + statement)
        except sqlite3.Error as error:
            if any(word in str(error) for word in GRAMMAR):
                show(name, text.splitlines(), first, 1, str(error))
                is_sound = False
    return 0 if is_sound else 1


sys.exit(main())
