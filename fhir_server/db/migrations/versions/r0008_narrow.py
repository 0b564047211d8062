"""Narrower indexes: who refers to a target is the key of references, and a resource finds its rows.

PostgreSQL keeps many entries of one value once, so an index of nothing but the resource takes a
third of one that names the parameter beside it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
STATISTICS = (
    ("ix_ref", "ix_ref", "4000000 40 10 1"),
    ("ix_ref", "ix_ref_rid", "4000000 4 1 1"),
    ("ix_date", "ix_date_rid", "2000000 2 1 1 1"),
    ("ix_num", "ix_num_rid", "2000000 3 1 1 1"),
)
"""Rows a SQLite index is taken to have, in all and for each more of its columns that is known."""


def upgrade() -> None:
    """Order references by target, and find the rows of a resource by it alone."""
    for table in ("ix_date", "ix_num"):
        op.drop_index(f"{table}_rid", table)
        op.create_index(f"{table}_rid", table, ["rid"])
    if op.get_context().dialect.name == "sqlite":
        rebuild()
        give_statistics()
    else:
        op.execute("ALTER TABLE ix_ref DROP CONSTRAINT ix_ref_pkey")
        op.drop_index("ix_ref_target", "ix_ref")
        op.create_primary_key("ix_ref_pkey", "ix_ref", ["target", "key", "rid"])
        op.create_index("ix_ref_rid", "ix_ref", ["rid"])


def rebuild() -> None:
    """Write the table anew, as SQLite keeps it in the order of its key."""
    op.rename_table("ix_ref", "ix_ref_old")
    op.drop_index("ix_ref_target", "ix_ref_old")
    op.create_table(
        "ix_ref",
        sa.Column("target", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("target", "key", "rid"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO ix_ref (target, key, rid) "
        "SELECT target, key, rid FROM ix_ref_old ORDER BY target, key, rid"
    )
    op.drop_table("ix_ref_old")
    op.create_index("ix_ref_rid", "ix_ref", ["rid"])


def give_statistics() -> None:
    """Tell SQLite, which gathers none by itself, what the new indexes find."""
    known = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
    told = ["ix_ref", "ix_ref_rid", "ix_date_rid", "ix_num_rid"]
    op.execute(sa.delete(known).where(known.c.idx.in_(told) | (known.c.tbl == "ix_ref_old")))
    rows = [{"tbl": table, "idx": index, "stat": stat} for table, index, stat in STATISTICS]
    op.execute(sa.insert(known).values(rows))
    op.execute("ANALYZE sqlite_schema")
