"""What `:missing` reads: which search parameters of a resource have a value."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give each resource its bits; those of resources stored before are set when reindexed."""
    op.add_column(
        "resource", sa.Column("present", sa.BigInteger(), nullable=False, server_default="0")
    )
