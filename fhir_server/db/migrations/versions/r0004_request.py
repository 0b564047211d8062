"""Histories of types and of the system, in order; answers to requests that may be repeated."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
ORDERED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
OF_RESOURCE = """
UPDATE resource_version
SET tenant = (SELECT r.tenant FROM resource r WHERE r.rid = resource_version.rid),
    type = (SELECT r.type FROM resource r WHERE r.rid = resource_version.rid)
"""


def upgrade() -> None:
    """Give superseded versions the order of their types, tombstones a list, answers a table."""
    op.add_column(
        "resource_version", sa.Column("tenant", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "resource_version", sa.Column("type", ORDERED, nullable=False, server_default=sa.text("''"))
    )
    op.execute(OF_RESOURCE)
    op.create_index(
        "resource_version_updated",
        "resource_version",
        ["tenant", "type", "updated", "rid", "ver"],
    )
    op.create_index(
        "resource_deleted",
        "resource",
        ["tenant", "type", "rid"],
        sqlite_where=sa.text("deleted"),
        postgresql_where=sa.text("deleted"),
    )
    op.create_table(
        "repeat",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("client", ORDERED, nullable=False),
        sa.Column("key", ORDERED, nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "client", "key"),
    )
    op.create_index("repeat_created", "repeat", ["created"])
    give_statistics()


def give_statistics() -> None:
    """Tell SQLite what its planner cannot guess: that a type has many superseded versions."""
    if op.get_bind().dialect.name != "sqlite":
        return
    rows = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
    op.bulk_insert(
        rows,
        [
            {
                "tbl": "resource_version",
                "idx": "resource_version_updated",
                "stat": "1000000 1000000 100000 2 1 1",
            },
            {"tbl": "resource_version", "idx": "resource_version", "stat": "1000000 4 1"},
            {"tbl": "resource", "idx": "resource_deleted", "stat": "10000 10000 1000 1"},
        ],
    )
