"""A server to be killed by a test: starts a program (`run`) or a kernel (`kernel`) that never ends, and says so."""

import asyncio
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from codewithme_sandbox.job import Job
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings

SPECS = Path(__file__).parents[2] / "kernels" / "specs"


async def run() -> None:
    sandbox = Sandbox(SandboxSettings(timeout_s=60))
    await sandbox.start()
    job = Job("bash", {"main.sh": b"echo begun; (setsid sleep 50 &); sleep 50"}, "main.sh")
    async for _ in sandbox.run(job):
        print("begun", flush=True)


async def kernel() -> None:
    manager = AsyncKernelManager(
        kernel_name="codewithme-python", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(SPECS)])
    )
    await manager.start_kernel()
    print(Path(manager.ip).parent, flush=True)
    await asyncio.sleep(60)


asyncio.run(kernel() if sys.argv[1] == "kernel" else run())
