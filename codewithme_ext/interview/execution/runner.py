"""What running code needs from a sandbox, and what comes of it."""

import codecs
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from codewithme_sandbox.job import EngineStatus, Job, Language, Limits, Outcome, Output, Queued, Stage, StreamName


class Runner(Protocol):
    """Runs programs where they can do no harm; `codewithme_sandbox.sandbox.Sandbox` is the real one."""

    def run(
        self, job: Job, *, person: str, stdin: AsyncIterator[bytes] | None
    ) -> AsyncGenerator[Queued | Output | Outcome, None]:
        """The place in the queue while it waits, output as it comes, then one Outcome. Raises SandboxError.

        Places go round between persons. `stdin` is what is typed after the job's own input. Closing the generator stops
        the program.
        """

    async def status(self) -> EngineStatus:
        """Whether runs are possible."""

    async def languages(self) -> Sequence[tuple[Language, bool, str | None]]:
        """Every language, whether it can be run now, and if not why."""

    def catalogue(self) -> Sequence[Language]:
        """Every language, without asking the engine."""

    def limits(self, language: Language) -> Mapping[Stage, Limits]:
        """What each stage of the language may use."""


@dataclass
class Transcript:
    """Collects a run's output as text; bytes that are not UTF-8 become the replacement character."""

    _decoders: dict[StreamName, codecs.IncrementalDecoder] = field(
        default_factory=lambda: {
            "stdout": codecs.getincrementaldecoder("utf-8")("replace"),
            "stderr": codecs.getincrementaldecoder("utf-8")("replace"),
        }
    )
    _texts: dict[StreamName, list[str]] = field(default_factory=lambda: {"stdout": [], "stderr": []})

    def add(self, output: Output) -> str:
        """The text that this piece completes."""
        text = self._decoders[output.stream].decode(output.data)
        self._texts[output.stream].append(text)
        return text

    def text(self, stream: StreamName) -> str:
        """All of a stream so far."""
        # NUL cannot be kept in a PostgreSQL text, and shows as nothing in any console.
        whole = "".join(self._texts[stream]) + self._decoders[stream].decode(b"", final=True)
        return whole.replace("\x00", "\N{SYMBOL FOR NULL}")


def exit_code(outcome: Outcome) -> int | None:
    """The exit code as a shell gives it: 128 + n for a program ended by signal n."""
    if outcome.exit_code is None and outcome.signal is None:
        return None
    return outcome.shell_status
