"""Whose container is it: labels that name the owning process, and the removal of what dead owners left behind."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

from .docker_api import DockerApi

KIND = "codewithme.kind"
OWNER = "codewithme.owner"


def labels(kind: str) -> dict[str, str]:
    """Labels for a container of this process. ``kind`` is ``run`` or ``kernel``."""
    return {KIND: kind, OWNER: this_process()}


def this_process() -> str:
    """The name of this process as an owner."""
    return _owner(os.getpid())


def is_dead(owner: str) -> bool:
    """Whether the owner was a process of this machine that is no more."""
    machine, _, process = owner.partition("/")
    pid, _, _ = process.partition("@")
    return machine == _machine() and pid.isdecimal() and _owner(int(pid)) != owner


async def reap(api: DockerApi) -> int:
    """Removes the containers of dead owners; returns how many there were."""
    dead = [container for container, its in await api.containers(KIND) if is_dead(its.get(OWNER, ""))]
    for container in dead:
        await api.remove(container)
    return len(dead)


def _owner(pid: int) -> str:
    """Machine, process id and start time: the three together are never used again, as a process id alone is."""
    return f"{_machine()}/{pid}@{_start_time(pid)}"


def _start_time(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "gone"
    # The second field, the name, may hold spaces and brackets; the start time is the 22nd.
    return stat.rpartition(")")[2].split()[19]


@cache
def _machine() -> str:
    """The host name: what another machine runs at the same engine is none of our business."""
    return socket.gethostname()
