"""participants know when their session was created, so that the newest of a person's sessions are found at once"""

import sqlalchemy as sa
from alembic import op

from codewithme_ext.storage.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INDEX = "ix_session_participants_user_id_session_created_at_session_id"
_COLUMNS = ["user_id", "session_created_at", "session_id"]


def upgrade() -> None:
    """Apply."""
    op.add_column("session_participants", sa.Column("session_created_at", UtcDateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE session_participants SET session_created_at ="
        " (SELECT created_at FROM sessions WHERE sessions.id = session_participants.session_id)"
    )
    with op.batch_alter_table("session_participants") as table:
        table.alter_column("session_created_at", existing_type=UtcDateTime(timezone=True), nullable=False)
        table.drop_index("ix_session_participants_user_id")
        table.create_index(_INDEX, _COLUMNS)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("session_participants") as table:
        table.drop_index(_INDEX)
        table.create_index("ix_session_participants_user_id", ["user_id"])
        table.drop_column("session_created_at")
