"""What the waiting interpreter does before and when its job comes; see warm_python.c, which this is compiled into."""

# ruff: noqa: E402, F401, PTH109, PTH118, PTH120, PTH123, PTH208 - importing is the purpose, and pathlib would cost memory

import gc
import os
import sys

before = set(sys.modules)

# What programs in interviews import. Each costs every waiting interpreter memory, and its first importer time.
import bisect
import collections.abc
import copy
import functools
import heapq
import itertools
import json
import math
import random
import re
import string
import time
import typing

warmed = set(sys.modules) - before
# A rehearsal: the pages of the interpreter that reading and compiling need are there when the job comes.
with open(os.devnull, "rb") as nothing:
    compile(nothing.read() + b"def f(x):\n    return [x]\nprint(f(1))\n", "rehearsal", "exec", dont_inherit=True)
os.listdir()
# What is there now need not be looked through again, neither while the job runs nor, what counts, at its end.
gc.collect()
gc.freeze()


def ready(entry):
    """Makes the interpreter what it would be had it been started with this file; returns its code, None if faulty."""
    path = os.path.join(os.getcwd(), entry)
    code = compiled(path, entry)
    if code is not None:
        sys.argv[:] = [entry]
        sys.orig_argv[-1] = entry
        folder = os.path.dirname(os.path.realpath(path))
        sys.path.insert(0, folder)
        forget_shadowed(folder)
        become_main(path)
    return code


def compiled(path, entry):
    try:
        with open(path, "rb") as file:
            source = file.read()
        return compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        import traceback

        if isinstance(error, SyntaxError) and error.filename == path:
            error.filename = entry
        traceback.print_exception(error, limit=0)
        return None


def forget_shadowed(folder):
    """The job's own `random.py` must win over ours, which would be found in `sys.modules` first."""
    names = {name.partition(".")[0] for name in os.listdir(folder)}
    if names & {name.partition(".")[0] for name in warmed}:
        for name in warmed:
            sys.modules.pop(name, None)


def become_main(path):
    from _frozen_importlib_external import SourceFileLoader

    # A module of its own age: one that is frozen would keep the job's objects from being finalized at the end.
    fresh = type(sys)("__main__")
    main = fresh.__dict__
    main.clear()
    main.update(sys.modules["__main__"].__dict__)
    sys.modules["__main__"] = fresh
    main["__file__"] = path
    main["__cached__"] = None
    main["__loader__"] = SourceFileLoader("__main__", path)
