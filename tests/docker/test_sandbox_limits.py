"""Each limit is kept and named, and what was printed before it was hit is there."""

import pytest
from sandbox_runs import MakeSandbox, run_code

from codewithme_sandbox import orphans
from codewithme_sandbox.container import Container
from codewithme_sandbox.docker_api import DockerApi
from codewithme_sandbox.image_names import image_name
from codewithme_sandbox.job import (
    MAX_FILES,
    MAX_JOB_BYTES,
    MAX_STDIN_BYTES,
    InvalidJobError,
    Job,
    JobTooLargeError,
    Output,
    Step,
)
from codewithme_sandbox.outcome import StageEnd
from codewithme_sandbox.policy import SandboxPolicy
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings


async def test_wall_time_ends_a_sleeping_program(quick_sandbox: Sandbox) -> None:
    ran = await run_code(quick_sandbox, "python", "import time\nprint('before')\ntime.sleep(60)")
    assert ran.stdout == "before\n"
    assert (ran.outcome.limit, ran.outcome.signal, ran.outcome.stage) == ("wall_time", "SIGKILL", "run")
    assert 1990 < ran.outcome.wall_time_ms < 3000
    assert ran.outcome.cpu_time_ms < 1000


async def test_wall_time_ends_a_busy_program_and_its_processor_time_is_told(quick_sandbox: Sandbox) -> None:
    ran = await run_code(quick_sandbox, "c", "int main(void) { for (volatile int i = 0;; i++) ; }")
    assert ran.outcome.limit == "wall_time"
    assert ran.outcome.cpu_time_ms > 500


async def test_memory_is_128_mib(sandbox: Sandbox) -> None:
    code = "print('before')\nx = bytearray({} * 2**20)\nfor i in range(0, len(x), 4096): x[i] = 1\nprint('after')"
    enough = await run_code(sandbox, "python", code.format(90))
    assert enough.outcome.exit_code == 0
    assert 90 * 1024 < (enough.outcome.memory_peak_kib or 0) < 128 * 1024
    too_much = await run_code(sandbox, "python", code.format(160))
    assert too_much.stdout == "before\n"
    assert (too_much.outcome.limit, too_much.outcome.signal) == ("memory", "SIGKILL")


async def test_a_compiler_gets_more_memory_than_the_program(sandbox: Sandbox) -> None:
    code = """
    #include <bits/stdc++.h>
    int main() { std::vector<char> v(200u << 20, 1); std::cout << "after " << v.size() << std::endl; }
    """
    ran = await run_code(sandbox, "cpp", code)
    assert (ran.outcome.stage, ran.outcome.limit) == ("run", "memory")


async def test_output_is_cut_at_its_limit(sandbox: Sandbox) -> None:
    ran = await run_code(sandbox, "python", "while True: print('x' * 999)")
    assert len(ran.out) == 256 * 1024
    assert (ran.outcome.limit, ran.outcome.is_output_truncated) == ("output", True)
    assert ran.took_s < 5


async def test_the_output_limit_holds_for_both_streams_together(sandbox: Sandbox) -> None:
    code = "import os\nwhile True: os.write(1, b'o' * 5000); os.write(2, b'e' * 5000)"
    ran = await run_code(sandbox, "python", code)
    assert len(ran.out) + len(ran.err) == 256 * 1024
    assert ran.outcome.limit == "output"


async def test_output_beyond_the_limit_may_be_dropped_instead(engine: None) -> None:
    """The way of notebooks' kernels: what they print goes nowhere, so that a flood of it is nobody's work."""
    api = DockerApi()
    policy = SandboxPolicy(output_bytes=1000, is_output_dropped=True)
    container = await Container.start(api, policy, image=image_name("core"), labels=orphans.labels("run"))
    step = Step(("/usr/bin/bash", "-c", "head -c 5000000 /dev/zero; echo error >&2; exit 4"))
    *outputs, end = [item async for item in container.run(step, step.argv, policy=policy)]
    await container.remove()
    await api.close()
    assert sum(len(item.data) for item in outputs if isinstance(item, Output)) == 1000
    assert isinstance(end, StageEnd)
    assert (end.exit_code, end.limit, end.is_truncated) == (4, None, True)


async def test_processes_are_bounded(quick_sandbox: Sandbox) -> None:
    code = """
    #include <stdio.h>
    #include <unistd.h>
    int main(void) {
        int n = 0;
        for (;; n++) { pid_t p = fork(); if (p == 0) { pause(); } if (p < 0) break; }
        printf("%d\\n", n);
        return 1;
    }
    """
    ran = await run_code(quick_sandbox, "c", code)
    assert 50 < int(ran.stdout) < 64
    assert (ran.outcome.exit_code, ran.outcome.limit) == (1, "processes")


async def test_file_size_is_bounded(sandbox: Sandbox) -> None:
    code = """
    #include <stdio.h>
    int main(void) { FILE *f = fopen("big", "w"); static char b[1 << 20]; for (;;) fwrite(b, 1, sizeof b, f); }
    """
    ran = await run_code(sandbox, "c", code)
    assert (ran.outcome.signal, ran.outcome.limit) == ("SIGXFSZ", "file_size")


async def test_a_file_that_grows_too_large_is_an_error_in_python(sandbox: Sandbox) -> None:
    ran = await run_code(sandbox, "python", "open('big', 'wb').write(bytes(17 * 2**20))")
    assert "File too large" in ran.stderr


@pytest.mark.parametrize("timeout_s", [0.5, 3.0])
async def test_the_limits_are_the_settings(make_sandbox: MakeSandbox, timeout_s: float) -> None:
    sandbox = await make_sandbox(SandboxSettings(timeout_s=timeout_s, memory_mib=64, max_output_bytes=1000))
    slept = await run_code(sandbox, "bash", "sleep 30")
    assert timeout_s * 1000 <= slept.outcome.wall_time_ms < timeout_s * 1000 + 900
    printed = await run_code(sandbox, "bash", "yes")
    assert len(printed.out) == 1000
    filled = await run_code(sandbox, "python", "bytearray(100 * 2**20)")
    assert filled.outcome.limit == "memory"


async def test_a_failed_allocation_that_the_program_survives_is_no_limit(sandbox: Sandbox) -> None:
    ran = await run_code(sandbox, "python", "try:\n    bytearray(2**50)\nexcept MemoryError:\n    print('caught')")
    assert (ran.stdout, ran.outcome.limit, ran.outcome.exit_code) == ("caught\n", None, 0)


def test_a_job_too_large_is_refused() -> None:
    with pytest.raises(JobTooLargeError):
        Job("python", {"a": bytes(MAX_JOB_BYTES + 1)}, "a")
    with pytest.raises(JobTooLargeError):
        Job("python", {f"f{i}": b"" for i in range(MAX_FILES + 1)}, "f0")
    with pytest.raises(JobTooLargeError):
        Job("python", {"a": b""}, "a", bytes(MAX_STDIN_BYTES + 1))


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../a", "a/../b", "a//b", "./a", "a/", "", ".", "a\0b", "a\nb", "-o", "a\\b", "x" * 300, "\ud800"],
)
def test_a_file_name_that_is_not_plain_is_refused(name: str) -> None:
    with pytest.raises(InvalidJobError):
        Job("python", {name: b""}, name)


def test_a_name_cannot_be_a_file_and_a_folder() -> None:
    with pytest.raises(InvalidJobError):
        Job("python", {"a": b"", "a/b": b""}, "a")


def test_the_entry_must_be_one_of_the_files() -> None:
    with pytest.raises(InvalidJobError):
        Job("python", {"a.py": b""}, "b.py")
