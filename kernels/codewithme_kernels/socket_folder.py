"""The folder through which the server and one kernel's container talk: ZeroMQ sockets on the file system.

Theory of operation: the container has no network, so the kernel makes its sockets in a folder of the host that is
mounted into the container. Whatever runs in the container can write there, and that would be two ways out:

- filling the host's disk. The folder is a file system of its own in memory, with a size and a number of files;
- planting a link (`k-1` → the engine's socket) that the server follows. The file system is mounted ``nosymfollow``.

Mounting needs root. Without it the folder lies on /dev/shm, where only the first holds, and only for the disk; but then
the container runs as the server's own unprivileged user, and all that ever goes through a planted link is a ZeroMQ
greeting. The server never opens, changes or removes single files in the folder once the container has started.

A path of a Unix socket may have 107 bytes, hence the short names.
"""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from codewithme_sandbox import orphans

FOLDER_INSIDE = "/ipc"
CONNECTION_FILE_INSIDE = f"{FOLDER_INSIDE}/connection.json"

_ROOT_FOR_ROOT = Path("/run/codewithme")
_OWNER_SUFFIX = ".owner"
_SIZE = "size=1m,nr_inodes=64,mode=0700"
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_NOSYMFOLLOW = 2, 4, 8, 256
_MNT_DETACH = 2


@dataclass(frozen=True)
class SocketFolder:
    """An empty, bounded folder that belongs to ``uid``; ``remove`` it when the container is gone."""

    path: Path

    @classmethod
    def new_name(cls) -> str:
        """A name to make a folder under; a kernel that restarts keeps it, since its clients know the path."""
        return secrets.token_hex(6)

    @classmethod
    def make(cls, name: str, *, uid: int, gid: int) -> SocketFolder:
        root = _root()
        root.mkdir(mode=0o711, parents=True, exist_ok=True)
        if root.is_symlink() or root.stat().st_uid != os.geteuid():
            raise PermissionError(f"{root} belongs to somebody else. Remove it and start the kernel again.")
        folder = cls(root / name)
        folder.path.mkdir(mode=0o700)
        # Beside the folder, not in it: what is in it, the container may change.
        (root / f"{name}{_OWNER_SUFFIX}").write_text(orphans.this_process())
        if os.geteuid() == 0:
            _mount(folder.path, f"{_SIZE},uid={uid},gid={gid}")
        return folder

    @property
    def address(self) -> str:
        """What ZeroMQ takes as the ``ip`` of the transport ``ipc``: the sockets are ``<address>-<port>``."""
        return str(self.path / "k")

    def write_connection_file(self, connection: dict[str, object], *, uid: int, gid: int) -> None:
        """For the kernel to read; before the container starts, when nothing can be in the way yet."""
        inside = {**connection, "ip": f"{FOLDER_INSIDE}/k"}
        file = os.open(self.path / "connection.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o400)
        try:
            os.write(file, json.dumps(inside).encode())
            if os.geteuid() == 0:
                os.fchown(file, uid, gid)
        finally:
            os.close(file)

    def remove(self) -> None:
        if os.geteuid() == 0:
            _unmount(self.path)
        # What a container left in a folder without a mount is removed by name, never followed (rmtree's own care).
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.with_name(f"{self.path.name}{_OWNER_SUFFIX}").unlink(missing_ok=True)


def reap() -> int:
    """Removes the folders of servers that are no more; returns how many there were."""
    try:
        owner_files = list(_root().glob(f"*{_OWNER_SUFFIX}"))
    except OSError:
        return 0
    dead = [file for file in owner_files if orphans.is_dead(_read(file))]
    for file in dead:
        SocketFolder(file.with_suffix("")).remove()
    return len(dead)


def _root() -> Path:
    return _ROOT_FOR_ROOT if os.geteuid() == 0 else Path(f"/dev/shm/codewithme-{os.geteuid()}")  # noqa: S108 - see above


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""


def _mount(path: Path, options: str) -> None:
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC | _MS_NOSYMFOLLOW
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"codewithme", os.fsencode(path), b"tmpfs", ctypes.c_ulong(flags), options.encode()) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(path))


def _unmount(path: Path) -> None:
    # Failure means that nothing is mounted there, which is as well.
    ctypes.CDLL(None, use_errno=True).umount2(os.fsencode(path), _MNT_DETACH)
