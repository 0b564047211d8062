"""The index of words and the marks of what it has still to read.

Each database keeps words by means of its own: PostgreSQL by a GIN index of tsvectors, which
itself takes less room than they would in a column, SQLite as an FTS5 table. Both are given words
ready made. What is stored already is marked.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

POSTGRESQL = """
CREATE TABLE ix_words
  (rowid bigint PRIMARY KEY, narrative text NOT NULL, content text NOT NULL);
CREATE INDEX ix_words_words ON ix_words USING gin (
  (setweight(to_tsvector('simple'::regconfig, narrative), 'A'::"char")
   || to_tsvector('simple'::regconfig, content)))
"""
SQLITE = """
CREATE VIRTUAL TABLE ix_words
USING fts5 (narrative, content, tokenize = 'ascii', columnsize = 0)
"""


def upgrade() -> None:
    """Create both, and mark every resource there is."""
    op.create_table(
        "words_mark",
        sa.Column("tenant", sa.Integer(), nullable=False),
        sa.Column("rid", sa.BigInteger(), nullable=False),
    )
    own = POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE
    for statement in own.split(";"):
        op.execute(statement)
    op.execute(
        "INSERT INTO words_mark (tenant, rid) SELECT tenant, rid FROM resource "
        "WHERE deleted = false ORDER BY rid"
    )
