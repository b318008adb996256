"""Turns the supervisor's last frame of a stage into the Outcome of a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

from .job import Limit, Limits, Outcome, SandboxError, Stage, signal_name


@dataclass(frozen=True)
class StageEnd:
    """How one stage ended. Exactly one of ``exit_code`` and ``signal`` is given."""

    exit_code: int | None
    signal: str | None
    limit: Limit | None
    wall_time_ms: float
    cpu_time_ms: float
    memory_peak_kib: int | None
    is_truncated: bool

    @property
    def is_success(self) -> bool:
        return self.exit_code == 0 and self.limit is None

    def outcome(self, stage: Stage, *, limits: Limits, compile_time_ms: float, queue_time_ms: float) -> Outcome:
        return Outcome(
            stage=stage,
            exit_code=self.exit_code,
            signal=self.signal,
            limit=self.limit,
            wall_time_ms=self.wall_time_ms,
            cpu_time_ms=self.cpu_time_ms,
            memory_peak_kib=self.memory_peak_kib,
            is_output_truncated=self.is_truncated,
            limits=limits,
            compile_time_ms=compile_time_ms,
            queue_time_ms=queue_time_ms,
        )


@dataclass(frozen=True)
class Compiled:
    """The compile stage of a prepared program went well; what follows is its run stage."""

    wall_time_ms: float
    cpu_time_ms: float


def parse_compiled(payload: bytes) -> Compiled:
    """Reads ``wall_us=… cpu_us=…``."""
    try:
        fields = dict(pair.split("=", 1) for pair in payload.decode("ascii").split())
        return Compiled(wall_time_ms=int(fields["wall_us"]) / 1000, cpu_time_ms=int(fields["cpu_us"]) / 1000)
    except (ValueError, KeyError) as error:
        raise SandboxError(
            "The sandbox image does not match this version. Build it again.", "image_outdated"
        ) from error


def parse_stage_end(payload: bytes) -> StageEnd:
    """Reads ``exit=0 signal=0 limit=none wall_us=… cpu_us=… peak_kib=… truncated=0``."""
    try:
        fields = dict(pair.split("=", 1) for pair in payload.decode("ascii").split())
        number = int(fields["signal"])
        limit = fields["limit"] if fields["limit"] in get_args(Limit) else None
        return StageEnd(
            exit_code=None if number else int(fields["exit"]),
            signal=signal_name(number) if number else None,
            limit=cast("Limit | None", limit),
            wall_time_ms=int(fields["wall_us"]) / 1000,
            cpu_time_ms=int(fields["cpu_us"]) / 1000,
            memory_peak_kib=int(fields["peak_kib"]),
            is_truncated=fields["truncated"] == "1",
        )
    except (ValueError, KeyError) as error:
        raise SandboxError(
            "The sandbox image does not match this version. Build it again.", "image_outdated"
        ) from error


def killed_by_host(limit: Limit, wall_time_ms: float) -> StageEnd:
    """The end of a stage whose container the host, or the kernel, had to end as a whole."""
    return StageEnd(
        exit_code=None,
        signal="SIGKILL",
        limit=limit,
        wall_time_ms=wall_time_ms,
        cpu_time_ms=0.0,
        memory_peak_kib=None,
        is_truncated=False,
    )
