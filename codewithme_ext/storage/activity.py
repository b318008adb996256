"""The append-only activity log: every recorded event of a session, numbered without gaps."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Id


class ActivityRow(Base):
    """One event. Written in the transaction of what it records, never changed, deleted only with its session."""

    __tablename__ = "activity"
    __table_args__ = (UniqueConstraint("session_id", "sequence"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    session_id: Mapped[str] = mapped_column(Id(), ForeignKey("sessions.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    type: Mapped[str]
    audience: Mapped[str]
    user_id: Mapped[str | None] = mapped_column(Id())
    username: Mapped[str]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class ActivityCounter(Base):
    """The last number given out in a session; its row lock is what keeps two writers from taking the same one."""

    __tablename__ = "activity_counters"

    session_id: Mapped[str] = mapped_column(Id(), ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    last_sequence: Mapped[int]
