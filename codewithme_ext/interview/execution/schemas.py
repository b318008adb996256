"""Runs on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from ..program import Program, Source
from ..wire import Cursor, InDigits, Shape, Text


class RunRequest(Program):
    """`run-code` from a client and POST execute: one text in `code`, or several `files` with the `entry` to start.

    In a session `entry` alone is enough: the files are then those of the session, as everybody's editors show them.

    A result in the request is refused like every unknown field: results are the server's.
    """

    stdin: Source = ""
    isInteractive: bool = False
    """Whether more standard input is typed while the program runs; without it the input ends after `stdin`."""


class ExecuteRequest(RunRequest):
    """POST execute; with `sessionId` everybody in the session sees the run. Nothing is typed over HTTP."""

    isInteractive: Literal[False] = False

    sessionId: Annotated[Text, StringConstraints(max_length=100)] | None = None

    @model_validator(mode="after")
    def _has_a_source_of_its_own(self) -> Self:
        if self.code is None and self.files is None and self.sessionId is None:
            raise PydanticCustomError("one_source", "give code or files; entry alone needs a sessionId")
        return self


class RunPointer(Shape):
    """`run-stop`: which run."""

    executionId: Annotated[Text, StringConstraints(max_length=100)]


class TypedText(RunPointer):
    """`run-input`: a line typed into a running program; `isLast` ends its input."""

    text: Annotated[Text, StringConstraints(max_length=10_000)] = ""
    isLast: bool = False


class RunError(Shape):
    """Why a program could not be run at all."""

    code: str
    message: str


class StageLimits(Shape):
    """The most a stage may use: `time` in ms, `memory` in KiB."""

    time: float
    memory: int


class Execution(Shape):
    """`run-code` to everyone, and the answer to POST execute.

    Times in ms, `memoryPeak` in KiB: `executionTime`, `cpuTime`, `memoryPeak` and `limits` are those of `stage`, the stage
    that ended the run; `queueTime` passed before the first stage. `exitCode` is 128 + n for a program ended by signal n, and null
    where `error` says that it could not be run. `limit`: wall_time, memory, output, processes or file_size.
    """

    executionId: str
    language: str
    entry: str
    stdout: str
    stderr: str
    exitCode: int | None
    executionTime: float
    cpuTime: float
    memoryPeak: int | None
    queueTime: float
    compileTime: float
    limits: StageLimits | None
    stage: Literal["compile", "run"] | None
    signal: str | None
    limit: str | None
    isTruncated: bool
    error: RunError | None
    userId: str
    username: str
    startedAt: datetime
    finishedAt: datetime


class Started(Shape):
    """`run-started`, and the acknowledgement of `run-code`."""

    executionId: str


class ExecutionsQuery(Shape):
    """Of GET sessions/:id/executions."""

    after: Cursor | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=100), InDigits] = 20
    """How many a page has at most."""


class ExecutionPage(Shape):
    """GET sessions/:id/executions, newest first."""

    executions: list[Execution]
    next: str | None


class Language(Shape):
    """A language code can be run in; `reason` says why not where `available` is false.

    `compileLimits` is null where nothing checks a program before it runs; with `hasPage` the output is a page to be shown.
    """

    id: str
    name: str
    version: str
    icon: str
    fileName: str
    editorMode: str
    hasPage: bool
    compileLimits: StageLimits | None
    runLimits: StageLimits
    available: bool
    reason: str | None


class LanguageList(Shape):
    """GET languages."""

    languages: list[Language]
