"""What exchange with partners needs: the circuit of each, and every interchange that arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "circuit",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry", sa.BigInteger(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("look", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "partner"),
    )
    op.create_table(
        "interchange",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("control", sa.Text(), nullable=False),
        sa.Column("exchange", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "sender", "receiver", "control"),
    )
