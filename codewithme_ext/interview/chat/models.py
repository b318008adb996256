"""Chat messages."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...storage.base import Base, HasCreatedAt, HasId, Id


class ChatMessage(HasId, HasCreatedAt, Base):
    """One message to everyone. `sequence` is its number in the session's activity, so order is one order everywhere."""

    __tablename__ = "chat_messages"
    __table_args__ = (
        UniqueConstraint("session_id", "sequence"),
        # A browser that retries sends the same key: the message is kept once.
        UniqueConstraint("session_id", "user_id", "key"),
    )

    session_id: Mapped[str] = mapped_column(Id(), ForeignKey("sessions.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    user_id: Mapped[str] = mapped_column(Id(), ForeignKey("users.id", ondelete="CASCADE"))
    username: Mapped[str]
    text: Mapped[str]
    key: Mapped[str | None]
