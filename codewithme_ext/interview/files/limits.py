"""What may be a file of a session: its name, its size, and how many there are."""

import os
from dataclasses import dataclass
from pathlib import Path

from ...errors import FieldProblem, InvalidInputError, LimitReachedError, TooLargeError

MAX_NAME_BYTES = 200
"""Of one name, leaving a file system's 255 room for what is written beside it."""
MAX_PATH_BYTES = 255
"""Of the whole path in the session's folder, which is what the sandbox takes."""
MAX_DEPTH = 8
MAX_FILES = 200
"""And folders, of one session."""
MAX_SESSION_BYTES = 50 * 2**20
"""Of all files of one session together."""


@dataclass(frozen=True)
class Usage:
    """What a folder holds."""

    entries: int = 0
    """Files and folders."""
    size_bytes: int = 0


def measure(path: Path) -> Usage:
    """A file, or a folder with all that is below it; hidden entries are Jupyter's own. Blocking."""
    if not path.is_dir():
        return Usage(1, _size(path)) if path.exists() else Usage()
    entries = size_bytes = 0
    for folder, folders, names in os.walk(path, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        shown = [name for name in names if not name.startswith(".")]
        entries += len(folders) + len(shown)
        size_bytes += sum(_size(Path(folder, name)) for name in shown)
    return Usage(entries, size_bytes)


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0  # gone a moment ago


def _unusable(why: str) -> InvalidInputError:
    return InvalidInputError(why, [FieldProblem("path", why)])


def check_path(inside: str) -> None:
    """Raises InvalidInputError for a path in a session's folder that no file may have."""
    parts = inside.split("/")
    if len(parts) > MAX_DEPTH:
        raise _unusable(f"Folders may be nested {MAX_DEPTH - 1} deep. Put it higher up.")
    for name in parts:
        if not name.isprintable():
            raise _unusable("A name may not have control characters or invisible ones. Choose another.")
        if name != name.strip():
            raise _unusable("A name may not start or end with a space. Choose another.")
        if len(name.encode()) > MAX_NAME_BYTES:
            raise _unusable(f"This name is too long: {MAX_NAME_BYTES} bytes is the most.")
    if len(inside.encode()) > MAX_PATH_BYTES:
        raise _unusable(f"The path in the interview's folder is too long: {MAX_PATH_BYTES} bytes is the most.")


def check_size(size_bytes: int, max_file_bytes: int) -> None:
    """Raises TooLargeError for a file of more than `max_file_bytes`."""
    if size_bytes > max_file_bytes:
        raise TooLargeError(f"The file has {size_bytes} bytes; {max_file_bytes} is the most that is taken.")


def check_total(there: Usage, coming: Usage) -> None:
    """Raises LimitReachedError when a session cannot have `coming` beside what is `there`."""
    if coming.entries and there.entries + coming.entries > MAX_FILES:
        raise LimitReachedError(f"An interview has {MAX_FILES} files and folders at most. Delete some first.")
    if there.size_bytes + coming.size_bytes > MAX_SESSION_BYTES:
        raise LimitReachedError(
            f"The files of an interview take {MAX_SESSION_BYTES} bytes at most together. Delete some first."
        )
