"""Files of documents on disk: read and replaced as a whole, never through a symbolic link.

Every folder on the way is opened by itself and refused if it is a link, so nothing that changes meanwhile leads out of the root.
Blocking; call it in a thread.
"""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

MAX_FILE_BYTES = 16 * 2**20
"""Larger files are no documents."""
_TEMPORARY = ".{name}.{token}.saving"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NOT_A_FILE = "It is not a plain file."


Stamp = tuple[int, int, int]
"""Inode, size and time of change: as long as these are the same, so is the file."""


class UnusableFileError(Exception):
    """It is no text that a document can be made from; says why."""


@dataclass(frozen=True)
class FileVersion:
    """One version of a file, to be recognized later."""

    content: bytes
    stamp: Stamp

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hex."""
        return digest_of(self.content)


def digest_of(content: bytes) -> str:
    """SHA-256 in hex."""
    return sha256(content).hexdigest()


class Files:
    """The tree of files below `root`; paths are relative, with slashes."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> FileVersion | None:
        """The file as it is; None if there is none. Raises UnusableFileError for what is no plain file, or too large."""
        with self._folder_of(path) as (folder, name):
            if folder is None:
                return None
            try:
                file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
            except FileNotFoundError:
                return None
            except OSError as error:
                raise UnusableFileError(f"{_NOT_A_FILE} ({error.strerror})") from error
            with os.fdopen(file, "rb") as stream:
                status = os.fstat(file)
                if not stat.S_ISREG(status.st_mode):
                    raise UnusableFileError(_NOT_A_FILE)
                if status.st_size > MAX_FILE_BYTES:
                    raise UnusableFileError(f"It has more than {MAX_FILE_BYTES} bytes.")
                return FileVersion(stream.read(MAX_FILE_BYTES), _stamp(status))

    def stamp(self, path: str) -> Stamp | None:
        """What tells the file's versions apart, without reading it; None if there is no plain file."""
        with self._folder_of(path) as (folder, name):
            if folder is None:
                return None
            try:
                status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            except OSError:
                return None
            return _stamp(status) if stat.S_ISREG(status.st_mode) else None

    def write(self, path: str, content: bytes, *, make_folders: bool = False) -> Stamp | None:
        """Replace the file in one step; returns its stamp, or None where its folder is gone. Raises OSError, such as a full disk.

        A link at the path is replaced itself, what it points to stays as it is.
        """
        with self._folder_of(path, make=make_folders) as (folder, name):
            if folder is None:
                return None
            beside = _TEMPORARY.format(name=name[:200], token=secrets.token_hex(4))
            mode = _mode_of(folder, name)
            file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode, dir_fd=folder)
            try:
                with os.fdopen(file, "wb") as stream:
                    stream.write(content)
                    stream.flush()
                    status = os.fstat(file)
                os.replace(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(beside, dir_fd=folder)
                raise
            return _stamp(status)

    def walk(self, folder: str) -> list[str]:
        """Every plain file below a folder, sorted; hidden ones and what lies behind links are left out."""
        found: list[str] = []
        for where, folders, names in os.walk(self._root / folder, followlinks=False):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                path = Path(where, name)
                if not name.startswith(".") and path.is_file() and not path.is_symlink():
                    found.append(path.relative_to(self._root).as_posix())
        return sorted(found)

    @contextmanager
    def _folder_of(self, path: str, *, make: bool = False) -> Iterator[tuple[int | None, str]]:
        *folders, name = path.strip("/").split("/")
        if any(part in ("", ".", "..") or "\x00" in part for part in (*folders, name)):
            raise UnusableFileError("Its path is not a plain one.")
        current: int | None = None
        try:
            current = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            for part in folders:
                if make:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(part, 0o755, dir_fd=current)
                below = os.open(part, _FOLDER, dir_fd=current)
                os.close(current)
                current = below
        except FileNotFoundError:
            yield None, name
            return
        except NotADirectoryError as error:
            raise UnusableFileError("A folder on its way is a link or a file.") from error
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise UnusableFileError("A folder on its way is a link.") from error
            raise
        else:
            yield current, name
        finally:
            if current is not None:
                os.close(current)


def _mode_of(folder: int, name: str) -> int:
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return 0o644
    return stat.S_IMODE(status.st_mode) if stat.S_ISREG(status.st_mode) else 0o644


def _stamp(status: os.stat_result) -> Stamp:
    return (status.st_ino, status.st_size, status.st_mtime_ns)
