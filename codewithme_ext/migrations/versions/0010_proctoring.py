"""what candidates' browsers observe"""

import sqlalchemy as sa
from alembic import op

from codewithme_ext.storage.base import Json, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "proctoring_events",
        sa.Column("session_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("event_type", sa.String(length=32), nullable=False),
        sa.Column("event_data", Json, nullable=False),
        sa.Column("timestamp", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_proctoring_events_session_id_sessions", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_proctoring_events_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_proctoring_events"),
        sa.UniqueConstraint(
            "session_id", "user_id", "sequence", name="uq_proctoring_events_session_id_user_id_sequence"
        ),
    )
    op.create_index(
        "ix_proctoring_events_session_id_timestamp_id", "proctoring_events", ["session_id", "timestamp", "id"]
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("proctoring_events")
