"""results are found by their question, or deleting one would look at all of them"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_assessment_results_question_id", "assessment_results", ["question_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_assessment_results_question_id", table_name="assessment_results")
