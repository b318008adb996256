"""Runs and how they ended."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ...errors import InvalidTransitionError
from ...storage.base import Base, HasId, Id


class ExecutionState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    """The server stopped while the program ran."""


class Execution(HasId, Base):
    """One run: who asked for what, and the result as it went over the wire."""

    __tablename__ = "executions"
    __table_args__ = (Index(None, "session_id", "started_at"),)

    session_id: Mapped[str] = mapped_column(Id(), ForeignKey("sessions.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(Id(), ForeignKey("users.id", ondelete="CASCADE"))
    username: Mapped[str]
    server: Mapped[str] = mapped_column(default="")
    """The server it runs on: after a crash that one records how it ended, not its neighbours."""
    language: Mapped[str]
    entry: Mapped[str]
    files: Mapped[dict[str, Any]]
    """File name → text, as it was run."""
    state: Mapped[ExecutionState] = mapped_column(default=ExecutionState.RUNNING)
    result: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    def finish(self, result: dict[str, Any], now: datetime) -> None:
        """The run ended, one way or another."""
        self._close(ExecutionState.FINISHED, result, now)

    def interrupt(self, result: dict[str, Any], now: datetime) -> None:
        """The server went away in the middle."""
        self._close(ExecutionState.INTERRUPTED, result, now)

    def _close(self, state: ExecutionState, result: dict[str, Any], now: datetime) -> None:
        if self.state is not ExecutionState.RUNNING:
            raise InvalidTransitionError(f"This run is already {self.state}.")
        self.state = state
        self.result = result
        self.finished_at = now
