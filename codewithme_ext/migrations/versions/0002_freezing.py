"""freezing the editor"""

import sqlalchemy as sa
from alembic import op

from codewithme_ext.storage.base import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("sessions", sa.Column("frozen_at", UtcDateTime(timezone=True), nullable=True))
    # No foreign key: SQLite cannot add one without making the table anew. The activity keeps ids and names likewise.
    op.add_column("sessions", sa.Column("frozen_by", sa.Uuid(as_uuid=False), nullable=True))
    op.add_column("sessions", sa.Column("frozen_by_name", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("freeze_reason", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Take back."""
    for name in ("freeze_reason", "frozen_by_name", "frozen_by", "frozen_at"):
        op.drop_column("sessions", name)
