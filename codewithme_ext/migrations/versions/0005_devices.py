"""devices, sign-in links and deleted accounts"""

import sqlalchemy as sa
from alembic import op

from codewithme_ext.storage.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: every family of refresh tokens becomes a device, so that nobody is logged out."""
    op.create_table(
        "devices",
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("last_used_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("user_agent", sa.String(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_devices_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
    )
    op.create_index("ix_devices_user_id", "devices", ["user_id"])
    op.execute(
        "INSERT INTO devices (id, user_id, created_at, last_used_at, address, user_agent, revoked_at) "
        "SELECT family_id, user_id, min(created_at), max(created_at), '', '', max(revoked_at) "
        "FROM refresh_tokens GROUP BY family_id, user_id"
    )
    op.drop_index("ix_refresh_tokens_user_id", table_name="refresh_tokens")
    op.drop_index("ix_refresh_tokens_family_id", table_name="refresh_tokens")
    with op.batch_alter_table("refresh_tokens") as table:
        table.drop_constraint("fk_refresh_tokens_user_id_users", type_="foreignkey")
        table.drop_column("user_id")
        table.drop_column("revoked_at")
        table.alter_column("family_id", new_column_name="device_id")
    # Apart: on SQLite a constraint made in the same step would be on a column that has no such name yet, and be lost.
    with op.batch_alter_table("refresh_tokens") as table:
        table.create_foreign_key(
            "fk_refresh_tokens_device_id_devices", "devices", ["device_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index("ix_refresh_tokens_device_id", "refresh_tokens", ["device_id"])

    op.create_table(
        "sign_in_links",
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sign_in_links_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_links"),
        sa.UniqueConstraint("token_hash", name="uq_sign_in_links_token_hash"),
    )
    op.create_index("ix_sign_in_links_user_id", "sign_in_links", ["user_id"])
    op.add_column("users", sa.Column("deleted_at", UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("users", "deleted_at")
    op.drop_index("ix_sign_in_links_user_id", table_name="sign_in_links")
    op.drop_table("sign_in_links")
    op.drop_index("ix_refresh_tokens_device_id", table_name="refresh_tokens")
    with op.batch_alter_table("refresh_tokens") as table:
        table.drop_constraint("fk_refresh_tokens_device_id_devices", type_="foreignkey")
        table.alter_column("device_id", new_column_name="family_id")
        table.add_column(sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=True))
        table.add_column(sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE refresh_tokens SET "
        "user_id = (SELECT user_id FROM devices WHERE devices.id = refresh_tokens.family_id), "
        "revoked_at = (SELECT revoked_at FROM devices WHERE devices.id = refresh_tokens.family_id)"
    )
    with op.batch_alter_table("refresh_tokens") as table:
        table.alter_column("user_id", nullable=False, existing_type=sa.Uuid(as_uuid=False))
        table.create_foreign_key("fk_refresh_tokens_user_id_users", "users", ["user_id"], ["id"], ondelete="CASCADE")
    op.create_index("ix_refresh_tokens_family_id", "refresh_tokens", ["family_id"])
    op.create_index("ix_refresh_tokens_user_id", "refresh_tokens", ["user_id"])
    op.drop_index("ix_devices_user_id", table_name="devices")
    op.drop_table("devices")
