"""Notebook kernels in the sandbox: start, execute, input, interrupt, restart, death, delete, and nothing left."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from sandbox_runs import start_server_to_kill, wait_until_none_is_left

from codewithme_kernels import socket_folder
from codewithme_kernels.provisioner import SandboxProvisioner
from codewithme_kernels.socket_folder import SocketFolder
from codewithme_sandbox import orphans
from codewithme_sandbox.docker_api import DockerApi

SPECS = Path(__file__).parents[2] / "kernels" / "specs"
MINE = f"{orphans.OWNER}={orphans.this_process()}"


class Kernel:
    """A running kernel with a client; ``execute`` gives what was printed and what the reply says."""

    def __init__(self, manager: AsyncKernelManager, client: AsyncKernelClient) -> None:
        self.manager = manager
        self.client = client

    @property
    def provisioner(self) -> SandboxProvisioner:
        provisioner = self.manager.provisioner
        assert isinstance(provisioner, SandboxProvisioner)
        return provisioner

    async def execute(self, code: str, answer: str | None = None) -> tuple[str, dict[str, Any]]:
        printed: list[str] = []

        def hook(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        def stdin_hook(message: dict[str, Any]) -> None:
            assert answer is not None
            self.client.input(answer)

        reply = await self.client.execute_interactive(
            code, output_hook=hook, stdin_hook=stdin_hook, allow_stdin=answer is not None, timeout=20
        )
        return "".join(printed), reply["content"]


@pytest.fixture
async def api(engine: None) -> AsyncIterator[DockerApi]:
    api = DockerApi()
    yield api
    await api.close()


@pytest.fixture
async def kernel(engine: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kernel]:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("CODEWITHME_JWT_SECRET", "CANARY-7f3a")
    specs = KernelSpecManager(kernel_dirs=[str(SPECS)])
    manager = AsyncKernelManager(kernel_name="codewithme-python", kernel_spec_manager=specs)
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=20)
    yield Kernel(manager, client)
    client.stop_channels()
    if manager.has_kernel:
        await manager.shutdown_kernel(now=True)


async def test_a_kernel_executes(kernel: Kernel) -> None:
    assert (await kernel.execute("x = 6 * 7\nprint(x)"))[0] == "42\n"
    assert (await kernel.execute("print(x + 1)"))[0] == "43\n"
    assert (await kernel.execute("1 / 0"))[1]["ename"] == "ZeroDivisionError"


async def test_a_kernel_asks_for_input(kernel: Kernel) -> None:
    assert (await kernel.execute("print(input('name? ').upper())", answer="ada"))[0] == "ADA\n"


async def test_a_kernel_can_be_interrupted(kernel: Kernel) -> None:
    running = asyncio.create_task(kernel.execute("import time\nprint('begun', flush=True)\ntime.sleep(60)"))
    await asyncio.sleep(1)
    began = time.monotonic()
    await kernel.manager.interrupt_kernel()
    _, reply = await running
    assert reply["ename"] == "KeyboardInterrupt"
    assert time.monotonic() - began < 3
    assert (await kernel.execute("print('alive')"))[0] == "alive\n"


async def test_a_restarted_kernel_is_found_under_the_same_address(kernel: Kernel) -> None:
    await kernel.execute("x = 1")
    before = kernel.manager.get_connection_info()
    await kernel.manager.restart_kernel(now=True)
    assert kernel.manager.get_connection_info() == before
    # The same client with its sockets and its key, as a browser's web socket would be.
    await kernel.client.wait_for_ready(timeout=20)
    assert (await kernel.execute("print('x' in dir())"))[0] == "False\n"


async def test_the_death_of_a_kernel_is_noticed_with_its_signal(kernel: Kernel) -> None:
    kernel.client.execute("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    async with asyncio.timeout(5):
        while await kernel.manager.is_alive():  # noqa: ASYNC110 - as jupyter_client's restarter does it
            await asyncio.sleep(0.05)
    assert await kernel.provisioner.poll() == -11
    await kernel.manager.restart_kernel(now=True)
    await kernel.client.wait_for_ready(timeout=20)
    assert (await kernel.execute("print('again')"))[0] == "again\n"


async def test_too_much_memory_ends_the_kernel_only(kernel: Kernel) -> None:
    kernel.client.execute("x = b'x' * (2 << 30)")
    async with asyncio.timeout(10):
        while await kernel.manager.is_alive():  # noqa: ASYNC110 - as jupyter_client's restarter does it
            await asyncio.sleep(0.05)
    assert await kernel.provisioner.poll() == -9


async def test_a_kernel_has_the_walls_of_a_run(kernel: Kernel) -> None:
    code = """
import os, socket
print(sorted(os.environ))
print(open('/proc/self/status').read())
try:
    socket.create_connection(('1.1.1.1', 53), timeout=1)
    print('BREACH network')
except OSError:
    pass
for path in ('/x', '/opt/kernel/x', '/etc/passwd'):
    try:
        open(path, 'a')
        print('BREACH', path)
    except OSError:
        pass
"""
    printed, _ = await kernel.execute(code)
    assert "BREACH" not in printed
    assert "CANARY" not in printed
    assert "CODEWITHME" not in printed
    assert "CapEff:\t0000000000000000" in printed
    assert "NoNewPrivs:\t1" in printed
    assert "Seccomp:\t2" in printed
    assert "Uid:\t0" not in printed


async def test_the_socket_folder_is_small_and_its_links_are_not_followed(kernel: Kernel, tmp_path: Path) -> None:
    """Story: the one folder that kernel and host share is filled, and links to the host's files are planted in it."""
    (tmp_path / "secret").write_text("secret")
    code = f"""
import os
os.symlink({str(tmp_path / "secret")!r}, '/ipc/link')
try:
    with open('/ipc/fill', 'wb') as file:
        for _ in range(64):
            file.write(bytes(2**20)); file.flush()
    print('BREACH')
except OSError as error:
    print(error.strerror)
"""
    printed, _ = await kernel.execute(code)
    assert printed == "No space left on device\n"
    folder = Path(kernel.manager.ip).parent
    assert (folder / "link").is_symlink()
    if os.geteuid() == 0:
        with pytest.raises(OSError, match="symbolic links"):
            (folder / "link").read_text()


async def test_a_kernel_that_died_is_restarted_by_jupyter_server(engine: None, tmp_path: Path) -> None:
    specs = KernelSpecManager(kernel_dirs=[str(SPECS)])
    kernels = AsyncMappingKernelManager(kernel_spec_manager=specs, connection_dir=str(tmp_path))
    kernel_id = await kernels.start_kernel(kernel_name="codewithme-python")
    restarted = asyncio.Event()
    kernels.add_restart_callback(kernel_id, restarted.set, "restart")
    client = kernels.get_kernel(kernel_id).client()
    client.start_channels()
    await client.wait_for_ready(timeout=20)
    client.execute("import os; os._exit(3)")
    await asyncio.wait_for(restarted.wait(), 10)
    await client.wait_for_ready(timeout=20)
    client.stop_channels()
    await kernels.get_kernel(kernel_id).ready  # the restart is told before it is complete
    await kernels.shutdown_kernel(kernel_id)


async def test_deleting_a_kernel_leaves_nothing(kernel: Kernel, api: DockerApi) -> None:
    folder = Path(kernel.manager.ip).parent
    assert folder.exists()
    kernel.client.stop_channels()
    await kernel.manager.shutdown_kernel()
    await wait_until_none_is_left(api, MINE)
    assert not folder.exists()
    assert not list(folder.parent.glob(f"{folder.name}*"))
    assert str(folder) not in await asyncio.to_thread(Path("/proc/mounts").read_text)


async def test_a_killed_server_leaves_no_kernel(api: DockerApi) -> None:
    server, line, label = await start_server_to_kill(api, "kernel")
    folder = SocketFolder(Path(line))
    assert folder.path.exists()
    server.kill()
    await server.wait()
    await wait_until_none_is_left(api, label)
    assert socket_folder.reap() >= 1
    assert not folder.path.exists()


async def test_folders_of_dead_servers_are_reaped_and_no_others(engine: None) -> None:
    mine = SocketFolder.make(SocketFolder.new_name(), uid=os.geteuid(), gid=os.getegid())
    theirs = SocketFolder.make(SocketFolder.new_name(), uid=os.geteuid(), gid=os.getegid())
    dead = await asyncio.create_subprocess_exec("true")
    await dead.wait()
    machine = orphans.this_process().partition("/")[0]
    theirs.path.with_name(f"{theirs.path.name}.owner").write_text(f"{machine}/{dead.pid}@1")
    try:
        assert socket_folder.reap() >= 1
        assert mine.path.exists()
        assert not theirs.path.exists()
    finally:
        mine.remove()
