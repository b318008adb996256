"""Jupyter's way to start a kernel, leading into the sandbox: the same walls as a run, no network, ZeroMQ over files."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Float, Integer, Unicode

from codewithme_sandbox import orphans
from codewithme_sandbox.container import Container, User
from codewithme_sandbox.docker_api import DockerApi, NoSuchObjectError
from codewithme_sandbox.image_names import build_command, image_name
from codewithme_sandbox.job import ImageMissingError, SandboxError, Step, signal_number
from codewithme_sandbox.outcome import StageEnd
from codewithme_sandbox.policy import Mount, SandboxPolicy

from . import socket_folder
from .socket_folder import CONNECTION_FILE_INSIDE, FOLDER_INSIDE, SocketFolder

# The numbers at the end of the five sockets' names.
_PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}

# A kernel lives as long as its notebook is open.
_NO_TIMEOUT_S = 10 * 365 * 86_400.0
# What people print comes in messages. The process' own streams tell why a kernel failed to start, and no more is wanted:
# a flood of it would be the server's work.
_OUTPUT_BYTES = 4096


@dataclass
class _Kernel:
    """One started container with what belongs to it. ``end`` is done when the kernel's process is over."""

    container: Container
    folder: SocketFolder
    end: asyncio.Task[int]


class SandboxProvisioner(KernelProvisionerBase):
    """Runs the kernel of one notebook in a container of its own.

    For jupyter_client's asynchronous kernel managers (Jupyter Server's), on one event loop, with an engine on the same
    machine. The engine away or the image missing is a ``SandboxError`` from the start of the kernel.
    """

    docker_host = Unicode(
        None, allow_none=True, help="The container engine; DOCKER_HOST or the usual socket if None."
    ).tag(config=True)
    image = Unicode("core", help="The sandbox image that holds the kernel.").tag(config=True)
    memory_mib = Integer(512, help="Memory of a kernel with all that it starts, in MiB.").tag(config=True)
    processes = Integer(128, help="How many processes and threads a kernel may have.").tag(config=True)
    cpus = Float(1.0, help="How many processors a kernel may keep busy.").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._api: DockerApi | None = None
        self._kernel: _Kernel | None = None
        # A restarted kernel must be found under the same path with the same key: open connections have both.
        self._name = SocketFolder.new_name()
        self._key = b""

    @property
    def has_process(self) -> bool:
        return self._kernel is not None

    @property
    def _manager(self) -> Any:
        """The KernelManager that starts this kernel; jupyter_client makes every provisioner its child."""
        return self.parent

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        manager = self._manager
        kwargs.pop("extra_arguments", None)
        kwargs.pop("transport_encryption", None)  # files that nobody else can open need none
        await asyncio.to_thread(socket_folder.reap)
        manager.transport = "ipc"
        self._key = self._key or manager.session.key
        argv = [CONNECTION_FILE_INSIDE if word == "{connection_file}" else word for word in self.kernel_spec.argv]
        return await super().pre_launch(cmd=argv, **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        # Only what the kernel's own specification says gets in; kwargs["env"] is the server's environment.
        environment = {"IPYTHONDIR": "/tmp/.ipython", "PYTHONDONTWRITEBYTECODE": "1", **self.kernel_spec.env}  # noqa: S108 - inside
        user = User.new() if os.geteuid() == 0 else User(os.geteuid(), os.getegid())
        folder = await asyncio.to_thread(SocketFolder.make, self._name, uid=user.uid, gid=user.gid)
        try:
            connection = self._connection(folder)
            folder.write_connection_file({**connection, "key": self._key.decode()}, uid=user.uid, gid=user.gid)
            container = await self._start(user, folder)
        except BaseException:
            await asyncio.to_thread(folder.remove)
            raise
        step = Step(tuple(cmd), env=environment)
        self._kernel = _Kernel(container, folder, asyncio.create_task(self._run(container, step)))
        self.connection_info = connection
        return connection

    async def poll(self) -> int | None:
        if self._kernel is None:
            return 0
        return self._kernel.end.result() if self._kernel.end.done() else None

    async def wait(self) -> int | None:
        if self._kernel is None:
            return 0
        # Shielded: a caller that stops waiting (with a timeout, say) must not end what it waits for.
        status = await asyncio.shield(self._kernel.end)
        await self._remove()
        return status

    async def send_signal(self, signum: int) -> None:
        if self._kernel is None or self._kernel.end.done() or signum == 0:
            return
        with suppress(SandboxError):  # it ended just now
            await self._kernel.container.signal(signum)

    async def kill(self, restart: bool = False) -> None:
        if self._kernel is not None and not self._kernel.end.done():
            await self._kernel.container.remove()

    async def terminate(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        await self._remove()
        if not restart and self._api is not None:
            api, self._api = self._api, None
            await api.close()

    def _connection(self, folder: SocketFolder) -> KernelConnectionInfo:
        """Tells the manager where the kernel will be, and returns that. Keeps the manager's key over restarts."""
        manager = self._manager
        manager.ip = folder.address
        for port, number in _PORTS.items():
            setattr(manager, port, number)
        manager.session.key = self._key
        # A file on this side, too, for `jupyter console --existing`.
        manager._connection_file_written = False
        manager.write_connection_file()
        connection: KernelConnectionInfo = manager.get_connection_info()
        return connection

    async def _start(self, user: User, folder: SocketFolder) -> Container:
        if self._api is None:
            self._api = DockerApi(self.docker_host)
        await self._api.ping()
        try:
            return await Container.start(
                self._api,
                self._policy(),
                image=image_name(self.image),
                labels=orphans.labels("kernel"),
                user=user,
                mounts=(Mount(str(folder.path), FOLDER_INSIDE),),
            )
        except NoSuchObjectError as error:
            message = f"The image for notebooks is not there. Build it: {build_command(self.image)}"
            raise ImageMissingError(message, self.kernel_spec.language) from error

    async def _run(self, container: Container, step: Step) -> int:
        """Until the kernel's process is over; returns its exit status, negative for a signal, as subprocess does."""
        printed = b""
        try:
            async for item in container.run(step, step.argv, policy=self._policy()):
                if isinstance(item, StageEnd):
                    self.log.debug("The kernel ended (%s). It had printed: %s", item, printed.decode(errors="replace"))
                    return item.exit_code if item.exit_code is not None else -signal_number(item.signal)
                printed += item.data
        except SandboxError as error:
            # Also the way a kill ends: the container is gone, and with it the stream.
            self.log.debug("The kernel's container ended: %s", error.message)
        return -signal.SIGKILL

    async def _remove(self) -> None:
        if self._kernel is None:
            return
        kernel, self._kernel = self._kernel, None
        kernel.end.cancel()
        with suppress(SandboxError):  # the engine is away, and the container with it
            await kernel.container.remove()
        await asyncio.to_thread(kernel.folder.remove)

    def _policy(self) -> SandboxPolicy:
        return SandboxPolicy(
            timeout_s=_NO_TIMEOUT_S,
            memory_mib=self.memory_mib,
            has_terminals=True,
            cpus=self.cpus,
            processes=self.processes,
            open_files=1024,
            output_bytes=_OUTPUT_BYTES,
            is_output_dropped=True,
        )
