"""What goes into the sandbox and what comes out of it: pure data, no engine, nothing to start."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

Stage = Literal["compile", "run"]
StreamName = Literal["stdout", "stderr"]
Limit = Literal["wall_time", "memory", "output", "processes", "file_size"]

MAX_FILES = 200
MAX_JOB_BYTES = 4 * 2**20
MAX_STDIN_BYTES = 2**20
MAX_NAME_BYTES = 255


class SandboxError(Exception):
    """The sandbox could not do what was asked.

    ``code`` is a stable machine word for callers; ``message`` is a sentence for a person and says what to do.
    """

    code = "sandbox_error"

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class EngineUnavailableError(SandboxError):
    """No container engine answers, or it stopped in the middle of a run. ``message`` is the reason and the advice."""

    code = "engine_unavailable"

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(f"{reason} {advice}".strip())
        self.reason = reason
        self.advice = advice


class ImageMissingError(SandboxError):
    """The engine answers but the image of this language was not built."""

    code = "image_missing"

    def __init__(self, message: str, language: str) -> None:
        super().__init__(message)
        self.language = language


class UnknownLanguageError(SandboxError):
    """The language id is not in languages.toml."""

    code = "unknown_language"

    def __init__(self, language: str) -> None:
        super().__init__(f"There is no language {language[:60]!r}. See the list of languages for the ids there are.")
        self.language = language


class InvalidJobError(SandboxError):
    """A file name or the entry point is not one the sandbox takes."""

    code = "invalid_job"


class JobTooLargeError(SandboxError):
    """Too many files, or too many bytes in files or standard input."""

    code = "job_too_large"


class SandboxBusyError(SandboxError):
    """So many runs wait already that another would wait for minutes."""

    code = "sandbox_busy"


@dataclass(frozen=True)
class Job:
    """One program to run.

    ``files`` maps relative POSIX names (subfolders allowed) to contents; ``entry`` is one of them. Raises
    ``InvalidJobError`` or ``JobTooLargeError`` when made from something else, so that whoever holds a Job holds a
    sound one.
    """

    language: str
    files: Mapping[str, bytes]
    entry: str
    stdin: bytes = b""

    def __post_init__(self) -> None:
        if self.entry not in self.files:
            raise InvalidJobError(f"The file to run, {self.entry[:100]!r}, is not among the files of the run.")
        for name in self.files:
            _check_name(name)
        _check_tree(self.files)
        _check_size(self)


@dataclass(frozen=True)
class Output:
    """A piece of output, as it came; ``data`` may be cut anywhere, also inside a character."""

    stream: StreamName
    data: bytes


@dataclass(frozen=True)
class Queued:
    """The run waits for a free container; ``place`` 1 is next. Told again whenever it changes, and 0 when it begins."""

    place: int


@dataclass(frozen=True)
class Limits:
    """The most a stage may use."""

    timeout_s: float
    memory_mib: int


@dataclass(frozen=True)
class Outcome:
    """How a run ended; the last item of every run that could be carried out.

    ``stage`` is the stage that ended it: ``compile`` with a non-zero ``exit_code`` is a compile error. Exactly one of
    ``exit_code`` and ``signal`` (such as ``SIGSEGV``) is given. ``limit`` names the limit that was hit, if one was.
    Times, memory and ``limits`` are those of that stage; ``memory_peak_kib`` is the largest resident set of any one
    process.
    """

    stage: Stage
    exit_code: int | None
    signal: str | None
    limit: Limit | None
    wall_time_ms: float
    cpu_time_ms: float
    memory_peak_kib: int | None
    is_output_truncated: bool
    limits: Limits
    compile_time_ms: float = 0.0
    queue_time_ms: float = 0.0

    @property
    def shell_status(self) -> int:
        """One number for both ways to end, as a shell gives it: the exit code, or 128 + n for signal n."""
        return self.exit_code if self.exit_code is not None else 128 + signal_number(self.signal)


@dataclass(frozen=True)
class Step:
    """One stage of a language: the command and what it may use beyond the sandbox's defaults.

    In ``argv`` ``{entry}`` stands for the entry file, ``{stem}`` for it without its suffix, and an argument that is
    exactly ``{sources}`` for the entry and the other source files of the language.
    """

    argv: tuple[str, ...]
    timeout_s: float | None = None
    memory_mib: int = 0
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Language:
    """One entry of languages.toml. ``version`` is empty until the image, which knows it, is there.

    ``warm`` is a program that is started before the job is there and then does both stages of it itself. What a language
    with ``has_page`` prints is an HTML page to be shown.
    """

    id: str
    name: str
    version: str
    icon: str
    file_name: str
    editor_mode: str
    image: str
    hello: str
    run: Step
    compile: Step | None = None
    warm: Step | None = None
    version_argv: tuple[str, ...] = ()
    main_pattern: str | None = None
    has_page: bool = False
    missing_advice: str | None = None


@dataclass(frozen=True)
class EngineStatus:
    """Whether runs are possible; if not, ``reason`` says why and ``advice`` what to do."""

    is_available: bool
    reason: str | None = None
    advice: str | None = None


def signal_name(number: int) -> str:
    """``SIGSEGV``; a real-time signal, which has no name of its own, is ``SIG35`` or the like."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"


def signal_number(name: str | None) -> int:
    """The number of a signal named by ``signal_name``; SIGKILL's for None."""
    if name is None:
        return signal.SIGKILL
    return int(name[3:]) if name[3:].isdecimal() else signal.Signals[name]


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    parts = name.split("/")
    is_plain = all(part not in ("", ".", "..") for part in parts) and not path.is_absolute()
    is_printable = name.isprintable() and "\\" not in name
    if not is_plain or not is_printable or len(name.encode(errors="surrogatepass")) > MAX_NAME_BYTES:
        raise InvalidJobError(
            f"{name[:100]!r} cannot be the name of a file of a run. Use a relative name such as 'src/main.py'."
        )
    if name.startswith(("-", "@")):
        # Compilers take the first for an option, and the second for a file full of options.
        raise InvalidJobError(f"The file name {name[:100]!r} starts with {name[0]!r}. Rename the file.")


def _check_tree(files: Mapping[str, bytes]) -> None:
    folders = {str(parent) for name in files for parent in PurePosixPath(name).parents}
    both = sorted(folders & files.keys())
    if both:
        raise InvalidJobError(f"{both[0][:100]!r} is the name of a file and of a folder at once. Rename one of them.")


def _check_size(job: Job) -> None:
    if len(job.files) > MAX_FILES:
        raise JobTooLargeError(f"{len(job.files)} files are too many for one run; {MAX_FILES} are allowed.")
    size = sum(len(content) for content in job.files.values())
    if size > MAX_JOB_BYTES:
        raise JobTooLargeError(f"The files of the run have {size} bytes; {MAX_JOB_BYTES} are allowed.")
    if len(job.stdin) > MAX_STDIN_BYTES:
        raise JobTooLargeError(f"The standard input has {len(job.stdin)} bytes; {MAX_STDIN_BYTES} are allowed.")
