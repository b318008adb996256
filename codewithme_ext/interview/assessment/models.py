"""Questions with their tests, and what came of an answer to one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ...storage.base import Base, HasCreatedAt, HasId, Id


class Question(HasId, HasCreatedAt, Base):
    """What somebody is asked in a session."""

    __tablename__ = "questions"
    __table_args__ = (Index(None, "session_id", "created_at"),)

    session_id: Mapped[str] = mapped_column(Id(), ForeignKey("sessions.id", ondelete="CASCADE"))
    title: Mapped[str]
    prompt: Mapped[str]
    """Markdown."""
    notes: Mapped[str]
    """For those who score; never shown to anybody else."""
    tests: Mapped[list[Any]]
    """As the wire's QuestionTest, hidden ones among them."""
    updated_at: Mapped[datetime]

    @property
    def max_score(self) -> float:
        """The points of all tests."""
        return float(sum(test["points"] for test in self.tests))


class AssessmentResult(HasId, HasCreatedAt, Base):
    """What came of one program that somebody handed in; the tests as they were then."""

    __tablename__ = "assessment_results"
    __table_args__ = (Index(None, "session_id", "created_at"), Index(None, "question_id"))

    session_id: Mapped[str] = mapped_column(Id(), ForeignKey("sessions.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(Id(), ForeignKey("users.id", ondelete="CASCADE"))
    question_id: Mapped[str] = mapped_column(Id(), ForeignKey("questions.id", ondelete="CASCADE"))
    code: Mapped[str]
    """The text of the entry."""
    files: Mapped[dict[str, Any]]
    language: Mapped[str]
    test_results: Mapped[list[Any]]
    """As the wire's OutcomeOfTest."""
    total_tests: Mapped[int]
    passed_tests: Mapped[int]
    score: Mapped[float]
    max_score: Mapped[float]
    execution_time: Mapped[float]
    """Of all tests together, in ms."""
    code_quality: Mapped[int | None]
    feedback: Mapped[str]
    updated_at: Mapped[datetime]
