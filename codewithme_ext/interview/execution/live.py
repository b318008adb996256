"""Programs that run at this moment: what is typed into them, and who stops them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from codewithme_sandbox.job import MAX_STDIN_BYTES, Outcome

from ...errors import NotFoundError, TooLargeError
from .schemas import RunError


class TypedInput:
    """Standard input that people type while a program runs: lines as they come, until somebody ends it."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._size = 0
        self._has_ended = False

    def type(self, text: str, *, is_last: bool) -> None:
        """Pass `text` on, and the end of the input after it if it is the last. After the end nothing is taken."""
        if self._has_ended:
            raise NotFoundError("The program's input has been ended. Run it again to type more.")
        piece = text.encode()
        if self._size + len(piece) > MAX_STDIN_BYTES:
            raise TooLargeError(f"A program can be given {MAX_STDIN_BYTES} bytes of input; this would be more.")
        self._size += len(piece)
        if piece:
            self._pieces.put_nowait(piece)
        if is_last:
            self._has_ended = True
            self._pieces.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece


@dataclass
class LiveRun:
    """A program that runs: the session that sees it, its task, and its open input if it was asked for."""

    execution_id: str
    session_id: str | None
    program: asyncio.Task[Outcome]
    typed: TypedInput | None
    stopped: RunError | None = field(default=None)

    def stop(self, reason: RunError) -> None:
        """End the program; the first reason given is the one that is told."""
        self.stopped = self.stopped or reason
        self.program.cancel()


class LiveRuns:
    """All programs that run, by execution."""

    def __init__(self) -> None:
        self._runs: dict[str, LiveRun] = {}

    def add(self, run: LiveRun) -> None:
        """A program started."""
        self._runs[run.execution_id] = run

    def remove(self, run: LiveRun) -> None:
        """A program ended."""
        del self._runs[run.execution_id]

    def get(self, session_id: str, execution_id: str) -> LiveRun:
        """A program of a session. Raises NotFoundError when it has ended or belongs to another."""
        run = self._runs.get(execution_id)
        if run is None or run.session_id != session_id:
            raise NotFoundError("This run has ended.")
        return run

    def stop_all(self, reason: RunError, *, session_id: str | None = None) -> None:
        """End all programs, or those of one session."""
        for run in self._runs.values():
            if session_id is None or run.session_id == session_id:
                run.stop(reason)
