"""How our own checkers show a problem: FILE:LINE:COLUMN, what is wrong, the line, and a caret under the place."""

import sys


def show(name: str, lines: list[str], line: int, column: int, message: str, kind: str = "error") -> None:
    print(f"{name}:{line}:{column}: {kind}: {message}", file=sys.stderr)
    if 0 < line <= len(lines):
        before = "".join("\t" if character == "\t" else " " for character in lines[line - 1][: max(column - 1, 0)])
        print(f"{line:5} | {lines[line - 1]}\n      | {before}^", file=sys.stderr)
