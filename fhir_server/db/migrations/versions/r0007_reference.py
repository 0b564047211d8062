"""References found by the resource that has them: chains are followed row by row.

Who refers to a target is answered by `ix_ref_target`, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
STATISTICS = (("ix_ref", "4000000 20000 2 1"), ("ix_ref_target", "4000000 40 10 1"))
"""Rows a SQLite index is taken to have, in all and for each more of its columns that is known."""


def upgrade() -> None:
    """Put the resource before the target in the key of references."""
    if op.get_context().dialect.name == "sqlite":
        rebuild()
    else:
        op.execute("ALTER TABLE ix_ref DROP CONSTRAINT ix_ref_pkey")
        op.create_primary_key("ix_ref_pkey", "ix_ref", ["key", "rid", "target"])


def rebuild() -> None:
    """Write the table anew, as SQLite keeps it in the order of its key."""
    op.rename_table("ix_ref", "ix_ref_old")
    op.drop_index("ix_ref_target", "ix_ref_old")
    op.create_table(
        "ix_ref",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("target", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "rid", "target"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO ix_ref (key, rid, target) SELECT key, rid, target FROM ix_ref_old")
    op.drop_table("ix_ref_old")
    op.create_index("ix_ref_target", "ix_ref", ["target", "key", "rid"])
    known = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
    op.execute(sa.delete(known).where(known.c.tbl.in_(["ix_ref", "ix_ref_old"])))
    rows = [{"tbl": "ix_ref", "idx": index, "stat": stat} for index, stat in STATISTICS]
    op.execute(sa.insert(known).values(rows))
    op.execute("ANALYZE sqlite_schema")
