"""documents and their histories"""

import sqlalchemy as sa
from alembic import op

from codewithme_ext.storage.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "documents",
        sa.Column("session_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("retired_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("quarantine", sa.String(), nullable=True),
        sa.Column("file_sequence", sa.BigInteger(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_documents_session_id_sessions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
    )
    op.create_index("ix_documents_session_id", "documents", ["session_id"])
    op.create_index(
        "uq_documents_path",
        "documents",
        ["path"],
        unique=True,
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "document_updates",
        sa.Column("document_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("checksum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_document_updates_document_id_documents", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "sequence", name="pk_document_updates"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "document_keyframes",
        sa.Column("document_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("checksum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_document_keyframes_document_id_documents", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "sequence", name="pk_document_keyframes"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("document_keyframes")
    op.drop_table("document_updates")
    op.drop_index("uq_documents_path", table_name="documents")
    op.drop_index("ix_documents_session_id", table_name="documents")
    op.drop_table("documents")
