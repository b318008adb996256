"""The smallest reasonable edits from one text to another, so that others' cursors stay where they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_MAX_LINES = 20_000
"""Beyond this a comparison line by line takes too long; the middle is replaced as a whole."""


@dataclass(frozen=True)
class Replacement:
    """`old[start:end]` becomes `text`; in characters, to be applied from the last to the first."""

    start: int
    end: int
    text: str


def replacements(old: str, new: str) -> list[Replacement]:
    """What makes `new` of `old`, in the order of the text."""
    start, end = _common_ends(old, new)
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    if not before and not after:
        return []
    old_lines, new_lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if not (1 < len(old_lines) <= _MAX_LINES and 1 < len(new_lines) <= _MAX_LINES):
        return [Replacement(start, start + len(before), after)]
    return [Replacement(start + part.start, start + part.end, part.text) for part in _by_lines(old_lines, new_lines)]


def _by_lines(old: list[str], new: list[str]) -> Iterator[Replacement]:
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        before, after = "".join(old[i1:i2]), "".join(new[j1:j2])
        head, tail = _common_ends(before, after)
        yield Replacement(starts[i1] + head, starts[i2] - tail, after[head : len(after) - tail])


def _common_ends(one: str, other: str) -> tuple[int, int]:
    shorter = min(len(one), len(other))
    start = _common_start(one, other, shorter)
    end = _common_start(one[::-1], other[::-1], shorter - start)
    return start, end


def _common_start(one: str, other: str, limit: int) -> int:
    # Compared by halves: slices are compared by the machine, characters by Python.
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
