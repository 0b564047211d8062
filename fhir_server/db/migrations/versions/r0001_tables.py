"""Every table of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
ORDERED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

STATISTICS = (
    ("resource", "resource_identity", "1000000 1000000 100000 1"),
    ("resource", "resource_newest", "1000000 1000000 100000 1"),
    ("resource", "resource_updated", "1000000 1000000 100000 2 1"),
    ("resource", "resource_self", "1000000 1"),
    ("ix_eq", "ix_eq", "20000000 20 1"),
    ("ix_ref", "ix_ref", "4000000 20000 10 1"),
    ("ix_ref", "ix_ref_target", "4000000 40 10 1"),
    ("ix_str", "ix_str", "4000000 40000 5 1"),
    ("ix_date", "ix_date", "2000000 50000 5 2 1"),
    ("ix_date", "ix_date_hi", "2000000 50000 5 2 1"),
    ("ix_date", "ix_date_rid", "2000000 50000 2 1 1"),
    ("ix_num", "ix_num", "2000000 200 5 2 1"),
    ("ix_num", "ix_num_rid", "2000000 200 2 1 1"),
)
"""Rows a SQLite index is taken to have, in all and for each more of its columns that is known."""


def upgrade() -> None:
    """Create the tables and their indexes."""
    create_resources()
    create_index()
    create_jobs()
    create_exchanges()
    create_accounts()
    give_statistics()


def create_resources() -> None:
    """Create the current versions, and those they superseded."""
    op.create_table(
        "resource",
        sa.Column("rid", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Integer(), nullable=False),
        sa.Column("type", ORDERED, nullable=False),
        sa.Column("fid", ORDERED, nullable=False),
        sa.Column("self", sa.BigInteger(), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.BigInteger(), nullable=False),
        sa.Column("param_hash", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rid"),
    )
    op.create_index("resource_identity", "resource", ["tenant", "type", "fid"], unique=True)
    op.create_index("resource_newest", "resource", ["tenant", "type", "rid"])
    op.create_index("resource_self", "resource", ["self"])
    op.create_index("resource_updated", "resource", ["tenant", "type", "updated", "rid"])
    op.create_table(
        "resource_version",
        sa.Column("rid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ver", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rid", "ver"),
        sqlite_with_rowid=False,
    )


def create_index() -> None:
    """Create the values searches look for."""
    op.create_table(
        "ix_eq",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "rid"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ix_ref",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("target", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "target", "rid"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ref_target", "ix_ref", ["target", "key", "rid"])
    op.create_table(
        "ix_str",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", ORDERED, nullable=False),
        sa.Column("rid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "value", "rid"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ix_date",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lo", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hi", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "lo", "hi", "rid"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_date_hi", "ix_date", ["key", "hi", "lo", "rid"])
    op.create_index("ix_date_rid", "ix_date", ["key", "rid", "lo", "hi"])
    op.create_table(
        "ix_num",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lo", sa.Double(), autoincrement=False, nullable=False),
        sa.Column("hi", sa.Double(), autoincrement=False, nullable=False),
        sa.Column("rid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "lo", "hi", "rid"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_num_rid", "ix_num", ["key", "rid", "lo", "hi"])


def give_statistics() -> None:
    """Tell SQLite, which gathers none by itself, to enter a search by its values, not its type."""
    if op.get_context().dialect.name != "sqlite":
        return
    op.execute("ANALYZE")
    known = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
    op.execute(sa.delete(known))
    rows = [{"tbl": table, "idx": index, "stat": stat} for table, index, stat in STATISTICS]
    op.execute(sa.insert(known).values(rows))
    op.execute("ANALYZE sqlite_schema")


def create_jobs() -> None:
    """Create the work to be done later, and the parts that run."""
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Integer(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("run_at", sa.BigInteger(), nullable=False),
        sa.Column("lease", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("job_due", "job", ["state", "run_at"])
    op.create_table(
        "process",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("role", "name"),
    )


def create_exchanges() -> None:
    """Create the interchanges and messages, kept word for word."""
    op.create_table(
        "exchange",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Integer(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("control", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "exchange_duplicate",
        "exchange",
        ["tenant", "protocol", "direction", "sender", "control", "sha256"],
    )
    op.create_index(
        "exchange_state", "exchange", ["tenant", "protocol", "direction", "state", "id"]
    )
    op.create_table(
        "exchange_link",
        sa.Column("exchange", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", ORDERED, nullable=False),
        sa.Column("fid", ORDERED, nullable=False),
        sa.Column("place", ORDERED, nullable=False),
        sa.PrimaryKeyConstraint("exchange", "type", "fid", "place"),
    )
    op.create_index("exchange_link_resource", "exchange_link", ["type", "fid"])
    op.create_table(
        "control_number",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "partner", "kind"),
    )
    op.create_table(
        "partner",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )


def create_accounts() -> None:
    """Create the clients and their tokens."""
    op.create_table(
        "client",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("redirects", sa.Text(), nullable=False),
        sa.Column("jwks", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "token",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
