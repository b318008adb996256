"""A Python that waited for its program behaves as `python3 -u main.py` does, to the byte."""
# ruff: noqa: E501 - each program in a line

import asyncio

import pytest
from sandbox_runs import run_files

from codewithme_sandbox.sandbox import Sandbox

PROGRAMS = {
    "names": "print(sorted((k, type(v).__name__) for k, v in globals().items()), __name__, __file__, __spec__)",
    "sys": "import sys\nprint(sys.argv, sys.path, sys.flags, sys.executable, sys.prefix, __loader__.path, __loader__.name)",
    "files": "import os\nprint(sorted(os.listdir('/proc/self/fd')), open('/dev/null').fileno(), os.getppid())",
    "exit text": "import sys\nsys.exit('a reason')",
    "exit none": "raise SystemExit",
    "exit number": "import atexit, sys\natexit.register(print, 'at exit', '__file__' in globals())\nsys.exit(300)",
    "hard exit": "import os\nprint('lost?', end='')\nos._exit(4)",
    "error": "def f(n):\n    return 1 / n\ntry:\n    f(0)\nexcept ZeroDivisionError as error:\n    raise KeyError('x') from error",
    "group": "raise ExceptionGroup('several', [ValueError(1), TypeError('two')])",
    "error in hook": "import sys\nsys.excepthook = lambda *a: print('hook', a[0], a[2].tb_frame.f_back)\n1 / 0",
    "broken hook": "import sys\ndef hook(*a): raise RuntimeError('hook')\nsys.excepthook = hook\n1 / 0",
    "stack": "import inspect, traceback\ntraceback.print_stack()\nprint(len(inspect.stack()))",
    "warning": "import warnings\nwarnings.warn('careful', stacklevel=2)\nwarnings.warn('here')\nprint('\\d')",
    "depth": "def f(n):\n    global d\n    d = n\n    f(n + 1)\ntry:\n    f(0)\nexcept RecursionError:\n    print(d)",
    "interrupt": "import os, signal\nprint(signal.getsignal(2), signal.getsignal(13))\nos.kill(os.getpid(), 2)",
    "thread": "import threading, time\nt = threading.Thread(target=lambda: (time.sleep(0.1), print('late')))\nt.start()\nprint(threading.main_thread() is threading.current_thread())",
    "thread error": "import threading\nthreading.Thread(target=lambda: 1 / 0, name='t').start()",
    "del": "class A:\n    def __del__(self): print('deleted')\na = A()\nb = [a]; b.append(b)",
    "buffering": "import os, sys\nprint('a', end='')\nos.write(1, b'b')\nsys.stdout.write('c')\nos.write(1, b'd\\n')\nprint(sys.stdout, sys.stderr)",
    "stdin": "import sys\nprint(repr(sys.stdin.read()), sys.stdin)\ninput()",
    "encoding": "# coding: latin-1\nprint('h\xe9')",
    "surrogate": "import sys\nprint(b'\\xff'.decode('utf-8', 'surrogateescape'))",
    "processes": "import multiprocessing as m\ndef f(x): return x * x\nif __name__ == '__main__':\n    for way in ('fork', 'spawn'):\n        with m.get_context(way).Pool(2) as pool:\n            print(way, pool.map(f, range(4)))",
    "subprocess": "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(1); raise SystemExit(5)'], capture_output=True))",
    "pickle": "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))), A.__module__)\nimport __main__\nprint(__main__.A is A)",
    "imports": "import helper, package.part, random\nprint(helper.where, package.part.where, random.where, helper.__file__)",
    "future": "from __future__ import annotations\nx: undefined = 1\nprint(__annotations__)",
    "exec": "print(eval('1 + 1'), compile('x', 'n', 'eval').co_flags)",
}  # fmt: skip
HELPERS = {
    "helper.py": "where = 'helper'",
    "package/__init__.py": "",
    "package/part.py": "where = 'part'",
    "random.py": "where = 'my own random'",
}
COLD = "PYTHONDONTWRITEBYTECODE=1 PYTHONIOENCODING=utf-8:surrogateescape exec /usr/bin/python3 -u {}"


@pytest.mark.parametrize("name", PROGRAMS)
async def test_it_is_as_if_it_had_just_been_started(sandbox: Sandbox, name: str) -> None:
    files = {"main.py": PROGRAMS[name], **(HELPERS if name == "imports" else {})}
    warm, cold = await asyncio.gather(
        run_files(sandbox, "python", files, "main.py"),
        run_files(sandbox, "bash", {**files, "cold.sh": COLD.format("main.py")}, "cold.sh"),
    )
    assert (warm.out, warm.err) == (cold.out, cold.err)
    assert (warm.outcome.exit_code, warm.outcome.signal) == (cold.outcome.exit_code, cold.outcome.signal)
    assert warm.outcome.stage == "run"


async def test_an_entry_in_a_folder_finds_what_is_beside_it(sandbox: Sandbox) -> None:
    files = {"src/start.py": "import beside, sys\nprint(beside.x, sys.argv, sys.path[0])", "src/beside.py": "x = 1"}
    assert (await run_files(sandbox, "python", files, "src/start.py")).stdout == "1 ['src/start.py'] /code/src\n"


@pytest.mark.parametrize("code", ["x = (", "  x", "return 1", "\0", "'\\ud800", "# coding: nothing\n"])
async def test_a_fault_in_the_code_is_a_compile_error_as_python_tells_it(sandbox: Sandbox, code: str) -> None:
    ran = await run_files(sandbox, "python", {"main.py": code}, "main.py")
    assert (ran.outcome.stage, ran.outcome.exit_code) == ("compile", 1)
    assert "SyntaxError" in ran.stderr or "IndentationError" in ran.stderr
    assert "warm" not in ran.stderr
    assert "Traceback" not in ran.stderr


async def test_the_job_is_not_charged_for_the_start_of_the_interpreter(sandbox: Sandbox) -> None:
    ran = await run_files(sandbox, "python", {"main.py": "sum(range(3_000_000))"}, "main.py")
    assert 10 < ran.outcome.cpu_time_ms < 2000
    assert ran.outcome.compile_time_ms < ran.outcome.wall_time_ms
