"""A server to be killed by test_sandbox_leftovers.py: runs a program that never ends and says when it has begun."""

import asyncio

from codewithme_sandbox.job import Job
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings


async def main() -> None:
    sandbox = Sandbox(SandboxSettings(timeout_s=60))
    job = Job("bash", {"main.sh": b"echo begun; (setsid sleep 50 &); sleep 50"}, "main.sh")
    async for _ in sandbox.run(job):
        print("begun", flush=True)


asyncio.run(main())
