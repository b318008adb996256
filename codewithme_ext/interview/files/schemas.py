"""Changes of a session's files on the wire."""

from typing import Literal

from ..wire import Shape

Change = Literal["created", "changed", "renamed", "deleted"]


class FilesChanged(Shape):
    """`files-changed`: something of the session's folder is new, was overwritten, has another path, or is gone.

    Paths are relative to the folder; `oldPath` is the one before a renaming. Typing in an open document is no change of this kind.
    """

    change: Change
    path: str
    oldPath: str | None
    userId: str | None
    username: str
