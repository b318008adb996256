"""Output comes as it is printed, byte for byte; exit codes and signals are exact; standard input arrives whole."""

import asyncio
import hashlib
import time

import pytest
from sandbox_runs import run_code

from codewithme_sandbox.job import MAX_STDIN_BYTES, Job, Output
from codewithme_sandbox.sandbox import Sandbox


async def test_output_comes_while_the_program_runs(sandbox: Sandbox) -> None:
    code = b"import time\nfor i in range(3):\n    print(i)\n    time.sleep(0.4)\n"
    arrived = []
    async for item in sandbox.run(Job("python", {"main.py": code}, "main.py")):
        if isinstance(item, Output):
            arrived.append(time.monotonic())
    assert arrived[-1] - arrived[0] > 0.6


@pytest.mark.parametrize("language", ["c", "cpp"])
async def test_a_line_printed_before_a_crash_is_not_lost(sandbox: Sandbox, language: str) -> None:
    ran = await run_code(
        sandbox, language, '#include <stdio.h>\nint main() { printf("before\\n"); *(volatile int *)0 = 1; }'
    )
    assert (ran.stdout, ran.outcome.signal, ran.outcome.exit_code) == ("before\n", "SIGSEGV", None)


async def test_binary_output_arrives_byte_for_byte(sandbox: Sandbox) -> None:
    ran = await run_code(
        sandbox, "python", "import os\nos.write(1, bytes(range(256)) * 100)\nos.write(2, b'\\xff\\xfe\\x00')"
    )
    assert ran.out == bytes(range(256)) * 100
    assert ran.err == b"\xff\xfe\x00"


async def test_a_program_may_close_its_streams_and_go_on(sandbox: Sandbox) -> None:
    ran = await run_code(sandbox, "python", "import os, time\nos.close(1); os.close(2); time.sleep(0.3); os._exit(7)")
    assert ran.outcome.exit_code == 7
    assert ran.outcome.wall_time_ms > 300


@pytest.mark.parametrize("code", [0, 1, 2, 42, 126, 127, 128, 137, 139, 255])
async def test_the_exit_code_is_exact(sandbox: Sandbox, code: int) -> None:
    ran = await run_code(sandbox, "bash", f"exit {code}")
    assert (ran.outcome.exit_code, ran.outcome.signal) == (code, None)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL", "SIGABRT", "SIGUSR1", "SIGPIPE"])
async def test_the_signal_is_exact(sandbox: Sandbox, name: str) -> None:
    ran = await run_code(
        sandbox,
        "python",
        f"import os, signal\nsignal.signal({int(__import__('signal').Signals[name])}, "
        f"signal.SIG_DFL) if '{name}' != 'SIGKILL' else 0\nos.kill(os.getpid(), signal.{name})",
    )
    assert (ran.outcome.exit_code, ran.outcome.signal, ran.outcome.limit) == (None, name, None)


async def test_a_signal_without_a_name_has_its_number(sandbox: Sandbox) -> None:
    outcome = (await run_code(sandbox, "bash", "kill -35 $$")).outcome
    assert (outcome.signal, outcome.shell_status) == ("SIG35", 163)


async def test_large_standard_input_arrives_whole(sandbox: Sandbox) -> None:
    data = bytes(range(256)) * (MAX_STDIN_BYTES // 256)
    code = "import sys, hashlib\nprint(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())"
    ran = await run_code(sandbox, "python", code, data)
    assert ran.stdout.strip() == hashlib.sha256(data).hexdigest()


async def test_standard_input_that_nobody_reads_does_no_harm(sandbox: Sandbox) -> None:
    ran = await run_code(sandbox, "bash", "echo done", bytes(MAX_STDIN_BYTES))
    assert (ran.stdout, ran.outcome.exit_code) == ("done\n", 0)


async def test_a_program_may_read_and_print_in_turns(sandbox: Sandbox) -> None:
    lines = b"".join(b"%d\n" % n for n in range(20_000))
    ran = await run_code(sandbox, "bash", "cat", lines)
    assert ran.out == lines


async def test_without_standard_input_a_read_ends_at_once(sandbox: Sandbox) -> None:
    ran = await run_code(sandbox, "python", "print(repr(input()))")
    assert "EOFError" in ran.stderr


async def test_output_of_a_child_that_outlives_the_program_a_moment_is_kept(sandbox: Sandbox) -> None:
    ran = await run_code(sandbox, "bash", "(sleep 0.05; echo late) &\necho early")
    assert ran.stdout == "early\nlate\n"


async def test_a_daemon_does_not_keep_the_run_alive(sandbox: Sandbox) -> None:
    ran = await run_code(sandbox, "bash", "setsid sleep 60 & disown\necho done; exit 3")
    assert (ran.stdout, ran.outcome.exit_code) == ("done\n", 3)
    assert ran.outcome.wall_time_ms < 1500


async def test_runs_at_the_same_time_do_not_mix(sandbox: Sandbox) -> None:
    rans = await asyncio.gather(*(run_code(sandbox, "bash", f"echo {n}; cat", b"%d" % n) for n in range(8)))
    assert [ran.stdout for ran in rans] == [f"{n}\n{n}" for n in range(8)]
