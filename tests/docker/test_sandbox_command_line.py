"""`python -m codewithme_sandbox run FILE`: a file in the sandbox, without a server."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "codewithme_sandbox"]


def run(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *words], input=stdin, capture_output=True, text=True, timeout=60)


@pytest.mark.usefixtures("engine")
def test_a_file_runs_with_its_input_and_its_status_is_the_commands(tmp_path: Path) -> None:
    file = tmp_path / "ask.py"
    file.write_text("import sys\nprint('hello', input())\nprint('oh', file=sys.stderr)\nsys.exit(7)")
    ran = run("run", str(file), "--stdin", stdin="Ada\n")
    assert (ran.returncode, ran.stdout) == (7, "hello Ada\n")
    said, end = ran.stderr.splitlines()
    assert said == "oh"
    assert end.startswith("[run: exit 7, ")
    assert end.endswith(" of 128 MiB]")


@pytest.mark.usefixtures("engine")
def test_a_limit_is_told_in_words(tmp_path: Path) -> None:
    file = tmp_path / "much.py"
    file.write_text("x = bytearray(300 * 2**20)\nx[::4096] = bytes([1]) * len(x[::4096])")
    ran = run("run", str(file))
    assert ran.returncode == 128 + signal.SIGKILL
    assert "used more than 128 MiB of memory" in ran.stderr


def test_what_cannot_be_run_is_told_in_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "notes.foo"
    file.write_text("")
    absent = tmp_path / "absent.py"
    socket = f"unix://{tmp_path}/none.sock"
    for words, told in [
        (("run", str(file)), "No language for '.foo'. Give one with --language, of: python, "),
        (("run", str(absent)), f"Cannot read {absent}: No such file or directory."),
        (
            ("--docker-host", socket, "run", str(file), "--language", "python"),
            f"No container engine answers at {socket}: No such file or directory. Start Docker",
        ),
    ]:
        ran = run(*words)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr.startswith(told)
        assert ran.stderr.count("\n") == 1


def test_whoever_stops_listening_to_the_list_gets_no_traceback() -> None:
    listing = subprocess.Popen([*COMMAND, "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert listing.stdout is not None
    listing.stdout.close()
    assert listing.stderr is not None
    with listing.stderr:
        assert listing.stderr.read() == b""
    assert listing.wait(60) == 128 + signal.SIGPIPE
