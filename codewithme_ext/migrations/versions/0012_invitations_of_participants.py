"""participants are found by the invitation they came by, or deleting it would look at all of them"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_session_participants_invitation_id", "session_participants", ["invitation_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_session_participants_invitation_id", table_name="session_participants")
