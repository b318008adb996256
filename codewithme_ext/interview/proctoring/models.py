"""What candidates' browsers observed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...storage.base import Base, HasId, Id


class ProctoringEventType(StrEnum):
    """What a browser can observe of the person in front of it."""

    TAB_LEFT = "tab_left"
    TAB_RETURNED = "tab_returned"
    WINDOW_BLURRED = "window_blurred"
    WINDOW_FOCUSED = "window_focused"
    COPY = "copy"
    CUT = "cut"
    PASTE = "paste"
    FULLSCREEN_ENTERED = "fullscreen_entered"
    FULLSCREEN_LEFT = "fullscreen_left"
    CONNECTION_LOST = "connection_lost"
    CONNECTION_RETURNED = "connection_returned"


class ProctoringEvent(HasId, Base):
    """One observation. Rows are added, and never changed; they go with their session only.

    `sequence` is the browser's own count for one person in one session: what is missing in it was kept back, or lost.
    """

    __tablename__ = "proctoring_events"
    __table_args__ = (
        UniqueConstraint("session_id", "user_id", "sequence"),
        Index(None, "session_id", "timestamp", "id"),
    )

    session_id: Mapped[str] = mapped_column(Id(), ForeignKey("sessions.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(Id(), ForeignKey("users.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    event_type: Mapped[ProctoringEventType]
    event_data: Mapped[dict[str, Any]]
    timestamp: Mapped[datetime]
    """When the server received it."""
