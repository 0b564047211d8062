"""Find the dates and numbers of one resource by an index that grows at its end.

A resource's rows lie together there, so a write touches one page of it, and the pages are full.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATISTICS = (
    ("ix_date", "ix_date_rid", "2000000 2 1 1 1"),
    ("ix_num", "ix_num_rid", "2000000 3 1 1 1"),
)
"""Rows a SQLite index is taken to have, in all and for each more of its columns that is known."""


def upgrade() -> None:
    """Order by resource first."""
    for table in ("ix_date", "ix_num"):
        op.drop_index(f"{table}_rid", table)
        op.create_index(f"{table}_rid", table, ["rid", "key"])
    if op.get_context().dialect.name == "sqlite":
        give_statistics()


def give_statistics() -> None:
    """Tell SQLite, which gathers none by itself, what the new indexes find."""
    known = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
    op.execute(sa.delete(known).where(known.c.idx.in_(["ix_date_rid", "ix_num_rid"])))
    rows = [{"tbl": table, "idx": index, "stat": stat} for table, index, stat in STATISTICS]
    op.execute(sa.insert(known).values(rows))
    op.execute("ANALYZE sqlite_schema")
