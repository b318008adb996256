"""questions and results"""

import sqlalchemy as sa
from alembic import op

from codewithme_ext.storage.base import Json, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "questions",
        sa.Column("session_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("tests", Json, nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_questions_session_id_sessions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
    )
    op.create_index("ix_questions_session_id_created_at", "questions", ["session_id", "created_at"])
    op.create_table(
        "assessment_results",
        sa.Column("session_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("question_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("files", Json, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("test_results", Json, nullable=False),
        sa.Column("total_tests", sa.Integer(), nullable=False),
        sa.Column("passed_tests", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("max_score", sa.Double(), nullable=False),
        sa.Column("execution_time", sa.Double(), nullable=False),
        sa.Column("code_quality", sa.Integer(), nullable=True),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_assessment_results_session_id_sessions", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_assessment_results_user_id_users", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name="fk_assessment_results_question_id_questions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_assessment_results"),
    )
    op.create_index("ix_assessment_results_session_id_created_at", "assessment_results", ["session_id", "created_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("assessment_results")
    op.drop_table("questions")
