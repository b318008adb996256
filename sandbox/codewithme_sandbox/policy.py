"""Every limit and wall of a sandbox container, as data, and the one place that says them in Docker's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from .job import Limits

MIB = 2**20

CODE_FOLDER = "/code"
SUPERVISOR = "/opt/codewithme/supervisor"

# Host details that a program has no business reading. Docker's own list (kcore, keys, …) holds only if we name none.
MASKED_PATHS = (
    "/proc/acpi",
    "/proc/asound",
    "/proc/bus",
    "/proc/cmdline",
    "/proc/config.gz",
    "/proc/devices",
    "/proc/diskstats",
    "/proc/driver",
    "/proc/fs",
    "/proc/iomem",
    "/proc/interrupts",
    "/proc/ioports",
    "/proc/irq",
    "/proc/kallsyms",
    "/proc/kcore",
    "/proc/key-users",
    "/proc/keys",
    "/proc/kmsg",
    "/proc/kpagecgroup",
    "/proc/kpagecount",
    "/proc/kpageflags",
    "/proc/latency_stats",
    "/proc/locks",
    "/proc/modules",
    "/proc/mtrr",
    "/proc/partitions",
    "/proc/pressure",
    "/proc/sched_debug",
    "/proc/schedstat",
    "/proc/scsi",
    "/proc/slabinfo",
    "/proc/softirqs",
    "/proc/swaps",
    "/proc/sysrq-trigger",
    "/proc/sysvipc",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/vmallocinfo",
    "/proc/vmstat",
    "/proc/zoneinfo",
    "/sys/block",
    "/sys/bus",
    "/sys/class",
    "/sys/dev",
    "/sys/devices/pci0000:00",
    "/sys/devices/platform",
    "/sys/devices/virtual",
    "/sys/firmware",
    "/sys/fs/bpf",
    "/sys/fs/ext4",
    "/sys/hypervisor",
    "/sys/kernel",
    "/sys/module",
    "/sys/power",
)
# Pseudo-terminals: the kernel has so many for the whole machine, what is written into them counts as nobody's memory,
# and their code has been a way out more than once. Programs here do not need any.
TERMINALS = "/dev/pts"
READONLY_PATHS = ("/proc/sys",)


@dataclass(frozen=True)
class SandboxPolicy:
    """What one container may use. The defaults are the product's promise (rows X2 and X3 of the specification)."""

    timeout_s: float = 10.0
    memory_mib: int = 128
    cpus: float = 1.0
    processes: int = 64
    open_files: int = 256
    output_bytes: int = 256 * 1024
    # What is printed beyond is dropped; otherwise it ends the program. For programs that talk in other ways (kernels).
    is_output_dropped: bool = False
    file_mib: int = 16
    code_folder_mib: int = 64
    temp_folder_mib: int = 32
    shared_memory_mib: int = 8
    files: int = 4096
    # Whether pseudo-terminals can be opened, as IPython does for shell commands.
    has_terminals: bool = False
    runtime: str | None = None

    @property
    def limits(self) -> Limits:
        """What a person is told of it."""
        return Limits(timeout_s=self.timeout_s, memory_mib=self.memory_mib)

    def host_config(self, uid: int, gid: int) -> dict[str, Any]:
        """Docker's HostConfig. ``uid`` and ``gid`` own the folders for code and temporary files."""
        config: dict[str, Any] = {
            # Memory covers heap, tmpfs, shared memory and memfd of all processes together; no swap beside it.
            **self.memory_limits(),
            "NanoCpus": int(self.cpus * 1e9),
            "PidsLimit": self.processes,
            "Ulimits": [
                _ulimit("nofile", self.open_files),
                # Not 0: at 1 the kernel does not start the host's crash handler either (`core_pattern` with a pipe).
                _ulimit("core", 1),
                _ulimit("msgqueue", 65536),
                _ulimit("sigpending", 1024),
                _ulimit("memlock", 65536),
            ],
            "ReadonlyRootfs": True,
            "Tmpfs": {
                CODE_FOLDER: self._tmpfs(self.code_folder_mib, uid, gid, "exec"),
                "/tmp": self._tmpfs(self.temp_folder_mib, uid, gid, "noexec"),  # noqa: S108 - inside the container
            },
            "ShmSize": self.shared_memory_mib * MIB,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges", f"seccomp={seccomp_profile()}"],
            "MaskedPaths": [*MASKED_PATHS, *(() if self.has_terminals else (TERMINALS,))],
            "ReadonlyPaths": list(READONLY_PATHS),
            "IpcMode": "private",
            "CgroupnsMode": "private",
            "LogConfig": {"Type": "none"},
            # When our end of the attach stream is gone (a killed server) the supervisor ends, and the engine clears up.
            "AutoRemove": True,
            "OomScoreAdj": 500,
        }
        if self.runtime is not None:
            config["Runtime"] = self.runtime
        return config

    def memory_limits(self) -> dict[str, int]:
        """The part of HostConfig that may change between compile and run."""
        return {"Memory": self.memory_mib * MIB, "MemorySwap": self.memory_mib * MIB}

    def _tmpfs(self, size_mib: int, uid: int, gid: int, execution: str) -> str:
        return f"rw,nosuid,nodev,{execution},size={size_mib}m,nr_inodes={self.files},mode=0700,uid={uid},gid={gid}"


@dataclass(frozen=True)
class Mount:
    """A folder of the host inside the container. Only kernels have one; the folder must bound its own size."""

    source: str
    target: str

    def as_docker(self) -> dict[str, Any]:
        return {
            "Type": "bind",
            "Source": self.source,
            "Target": self.target,
            "BindOptions": {"Propagation": "rprivate"},
        }


def container_config(
    policy: SandboxPolicy,
    *,
    image: str,
    uid: int,
    gid: int,
    labels: Mapping[str, str],
    mounts: tuple[Mount, ...] = (),
) -> dict[str, Any]:
    """The whole body of Docker's create call: our supervisor, which talks over the container's attach stream."""
    return {
        "Image": image,
        "Cmd": [SUPERVISOR],
        "Entrypoint": [],
        "User": f"{uid}:{gid}",
        "WorkingDir": CODE_FOLDER,
        "Env": [],
        "Hostname": "sandbox",
        "Labels": dict(labels),
        # Not `--network none`: this spares the engine its network code and starts 2.6 times faster. Inside is only `lo`.
        "NetworkDisabled": True,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": False,
        "OpenStdin": True,
        "StdinOnce": True,
        "Tty": False,
        "HostConfig": policy.host_config(uid, gid) | {"Mounts": [mount.as_docker() for mount in mounts]},
    }


@cache
def seccomp_profile() -> str:
    """Our system call filter as the engine takes it: JSON in one line."""
    text = files(__package__).joinpath("seccomp.json").read_text(encoding="utf-8")
    return json.dumps(json.loads(text), separators=(",", ":"))


def _ulimit(name: str, value: int) -> dict[str, Any]:
    return {"Name": name, "Soft": value, "Hard": value}
