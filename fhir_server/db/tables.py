"""Every table of the database, on one screen; alike on SQLite and PostgreSQL.

Times are microseconds since 1970 UTC. `key` columns are 64-bit hashes of (tenant, type, search
parameter[, value]) made by `search.key`, so that one narrow BIGINT finds a value. What is kept
before anything reads it (labels, redirects, jwks): docs/decisions/0041.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

metadata = MetaData()
Ordered = Text().with_variant(Text(collation="C"), "postgresql")
"""Text compared byte by byte on both databases, so that an index answers prefixes and ranges."""
RowId = BigInteger().with_variant(Integer(), "sqlite")
"""The key of a table that SQLite keeps in order of it, so that a row is found without an index."""

resource = Table(
    "resource",
    metadata,
    Column("rid", RowId, primary_key=True, autoincrement=False),
    Column("tenant", Integer, nullable=False),
    Column("type", Ordered, nullable=False),
    Column("fid", Ordered, nullable=False),
    Column("self", BigInteger, nullable=False),  # hash of (tenant, type, id): target of ix_ref
    Column("ver", Integer, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("operation", Text, nullable=False),  # create, update, delete
    Column("labels", Text),  # meta.security of the resource, as `system|code` lines
    Column("body_hash", BigInteger, nullable=False),  # of the content without meta: no-op updates
    Column("param_hash", BigInteger, nullable=False),  # of the index rows: unchanged, unwritten
    Column("present", BigInteger, nullable=False, server_default="0"),  # bits: search.registry
    Column("body", Text, nullable=False),
    Index("resource_identity", "tenant", "type", "fid", unique=True),
    Index("resource_newest", "tenant", "type", "rid"),
    Index("resource_updated", "tenant", "type", "updated", "rid"),
    Index("resource_self", "self"),
    Index(
        "resource_deleted",
        "tenant",
        "type",
        "rid",
        sqlite_where=text("deleted"),
        postgresql_where=text("deleted"),
    ),
)

resource_version = Table(
    "resource_version",
    metadata,
    Column("rid", BigInteger, primary_key=True, autoincrement=False),
    Column("ver", Integer, primary_key=True, autoincrement=False),
    Column("updated", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("operation", Text, nullable=False),
    Column("labels", Text),
    Column("body", Text, nullable=False),
    Column("tenant", Integer, nullable=False, server_default="0"),  # of its resource, as is type:
    Column(
        "type", Ordered, nullable=False, server_default=text("''")
    ),  # histories are read in order
    Index("resource_version_updated", "tenant", "type", "updated", "rid", "ver"),
    sqlite_with_rowid=False,
)

ix_eq = Table(  # token, uri, exact string
    "ix_eq",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("rid", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

ix_ref = Table(
    "ix_ref",
    metadata,
    Column("target", BigInteger, primary_key=True, autoincrement=False),
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("rid", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_ref_rid", "rid"),
    sqlite_with_rowid=False,
)

ix_str = Table(
    "ix_str",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("value", Ordered, primary_key=True),  # folded, cut at 128 characters
    Column("rid", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

ix_date = Table(
    "ix_date",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("lo", BigInteger, primary_key=True, autoincrement=False),
    Column("hi", BigInteger, primary_key=True, autoincrement=False),
    Column("rid", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_date_hi", "key", "hi", "lo", "rid"),
    Index("ix_date_rid", "rid"),
    sqlite_with_rowid=False,
)

ix_num = Table(  # number, quantity; the key of a quantity holds its unit, a second row does not
    "ix_num",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("lo", Double, primary_key=True, autoincrement=False),
    Column("hi", Double, primary_key=True, autoincrement=False),
    Column("rid", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_num_rid", "rid"),
    sqlite_with_rowid=False,
)

words_mark = Table(  # resources whose words are to be read again
    "words_mark",
    metadata,
    Column("tenant", Integer, nullable=False),
    Column("rid", BigInteger, nullable=False),
)

ix_words = Table(  # words, by GIN or FTS5; made by migration 0002 alone; FTS5 is asked by its name
    "ix_words",
    MetaData(),
    Column("rowid", BigInteger, key="rid", primary_key=True, autoincrement=False),
    Column("ix_words", Text, key="words"),
)

job = Table(
    "job",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("tenant", Integer, nullable=False),
    Column("client", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),  # JSON
    Column("state", Text, nullable=False),  # queued, running, done, failed, cancelled
    Column("run_at", BigInteger, nullable=False),
    Column("lease", BigInteger, nullable=False),  # end of the running worker's lease, else 0
    Column("attempts", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("result", Text),  # JSON: progress, manifest, or why it failed
    Index("job_due", "state", "run_at"),
)

exchange = Table(  # one inbound or outbound X12 or HL7 v2 text, kept before anything else
    "exchange",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("tenant", Integer, nullable=False),
    Column("protocol", Text, nullable=False),  # x12, v2
    Column("direction", Text, nullable=False),  # in, out
    Column("partner", Text, nullable=False),  # partner or feed id; empty: unknown
    Column("kind", Text, nullable=False),  # 837, 835, 999, 277, TA1, ORU^R01, ...; empty: unread
    Column("control", Text, nullable=False),  # ISA13 or MSH-10; empty: none
    Column("sender", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("name", Text, nullable=False),  # file name or peer address
    Column("received", BigInteger, nullable=False),  # or produced
    Column("sha256", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),  # received, applied, set-aside, ready, sent, ...
    Column("reply", LargeBinary),  # the acknowledgment as sent or received
    Column("report", Text),  # JSON: findings, unmapped fields, reason of set-aside
    Index("exchange_duplicate", "tenant", "protocol", "direction", "sender", "control", "sha256"),
    Index("exchange_state", "tenant", "protocol", "direction", "state", "id"),
)

exchange_link = Table(  # which resources an exchange made, changed or carries
    "exchange_link",
    metadata,
    Column("exchange", BigInteger, primary_key=True, autoincrement=False),
    Column("type", Ordered, primary_key=True),
    Column("fid", Ordered, primary_key=True),
    Column("place", Ordered, primary_key=True),  # where in the text: loop, segment, set control
    Index("exchange_link_resource", "type", "fid"),
)

feed = Table(  # senders of HL7 v2
    "feed",
    metadata,
    Column("tenant", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("data", Text, nullable=False),  # JSON, shape: model.feed.FeedRecord
)

message_queue = Table(  # v2 messages kept and not yet applied, or parked after failures
    "message_queue",
    metadata,
    Column("exchange", BigInteger, primary_key=True, autoincrement=False),
    Column("tenant", Integer, nullable=False),
    Column("feed", Text, nullable=False),
    Column("lane", BigInteger, nullable=False),  # hash of feed and patient: one at a time, in order
    Column("other", BigInteger, nullable=False),  # the second patient of a merge, else the lane
    Column("parked", Boolean, nullable=False),
    Column("holds", Boolean, nullable=False),  # parked, it still holds up its lanes
    Column("due", BigInteger, nullable=False),  # not to be tried before
    Column("lease", BigInteger, nullable=False),  # end of the lease of who applies it, else 0
    Column("attempts", Integer, nullable=False),
    Index("message_queue_due", "tenant", "parked", "exchange"),
    Index("message_queue_lane", "lane"),
    Index("message_queue_other", "other"),
)

exchange_key = Table(  # what messages are found by: MRN, order, control id, feed, unmapped code
    "exchange_key",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),  # hash, see store.messages
    Column("exchange", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

unmapped_code = Table(  # codes of feeds that no row translates: work for a person
    "unmapped_code",
    metadata,
    Column("tenant", Integer, primary_key=True, autoincrement=False),
    Column("feed", Text, primary_key=True),
    Column("code_table", Text, primary_key=True),  # v2-0085, OBX-3
    Column("code", Text, primary_key=True),
    Column("exchange", BigInteger, nullable=False),  # the first message that held it
)

refusal = Table(  # peers the listener refused: one row a feed, address and reason
    "refusal",
    metadata,
    Column("tenant", Integer, primary_key=True, autoincrement=False),
    Column("feed", Text, primary_key=True),
    Column("host", Text, primary_key=True),
    Column("reason", Text, primary_key=True),  # a row of hl7.refusal
    Column("number", BigInteger, nullable=False),  # how often
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("port", Integer, nullable=False),  # of the last one, like what follows
    Column("subject", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # the first bytes it sent, if any
)

control_number = Table(
    "control_number",
    metadata,
    Column("tenant", Integer, primary_key=True, autoincrement=False),
    Column("partner", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # interchange, group, set
    Column("next", BigInteger, nullable=False),
)

partner = Table(
    "partner",
    metadata,
    Column("tenant", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("data", Text, nullable=False),  # JSON, shape: model.partner.Partner
)

circuit = Table(  # how a partner was reached lately, and when it is tried again
    "circuit",
    metadata,
    Column("tenant", Integer, primary_key=True, autoincrement=False),
    Column("partner", Text, primary_key=True),
    Column("failures", Integer, nullable=False),  # since it was reached; 0: the circuit is closed
    Column("retry", BigInteger, nullable=False),  # not to be tried before
    Column("reached", BigInteger),
    Column("failed", BigInteger),
    Column("reason", Text, nullable=False),  # of the last failure; no secrets
    Column("look", BigInteger, nullable=False),  # its inbox is not looked at before
)

interchange = Table(  # every ISA13 that arrived: one used again for other bytes is refused
    "interchange",
    metadata,
    Column("tenant", Integer, primary_key=True, autoincrement=False),
    Column("sender", Text, primary_key=True),
    Column("receiver", Text, primary_key=True),
    Column("control", Text, primary_key=True),
    Column("exchange", BigInteger, nullable=False),
)

waiting = Table(  # claims that wait for the batch of their partner
    "waiting",
    metadata,
    Column("tenant", Integer, primary_key=True, autoincrement=False),
    Column("partner", Text, primary_key=True),
    Column("since", BigInteger, primary_key=True, autoincrement=False),  # a key, ordered by time
    Column("claim", Text, primary_key=True),
)

code_list = Table(  # a site's own licensed lists, one row each, read whole
    "code_list",
    metadata,
    Column("tenant", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),  # a listing of mappers.x12.codes.catalog
    Column("source", Text, nullable=False),  # name of the file it came from
    Column("loaded", BigInteger, nullable=False),
    Column("codes", Integer, nullable=False),
    Column("sha256", Text, nullable=False),  # of data: who has read it need not read it again
    Column("data", Text, nullable=False),  # JSON, shape: list[CodeRow]
)

client = Table(
    "client",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("secret_hash", Text),  # SHA-256 of a random 256-bit secret; null: public or key-based
    Column("scopes", Text, nullable=False),
    Column("redirects", Text, nullable=False),  # JSON list
    Column("jwks", Text),
    Column("created", BigInteger, nullable=False),
    Column("revoked", BigInteger),
)

token = Table(
    "token",
    metadata,
    Column("hash", Text, primary_key=True),  # SHA-256 of the token; the token itself is not kept
    Column("client", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("issued", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("revoked", BigInteger),
)

repeat = Table(  # answers to requests with Idempotency-Key, kept with what they did
    "repeat",
    metadata,
    Column("tenant", Integer, primary_key=True, autoincrement=False),
    Column("client", Ordered, primary_key=True),
    Column("key", Ordered, primary_key=True),
    Column("request", Text, nullable=False),  # hash of the request
    Column("answer", Text, nullable=False),  # JSON, shape: store.repeats.Kept
    Column("created", BigInteger, nullable=False),
    Index("repeat_created", "created"),
)

process = Table(  # the running parts, for the state page: web, worker, listener
    "process",
    metadata,
    Column("role", Text, primary_key=True),
    Column("name", Text, primary_key=True),  # host:pid
    Column("started", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),  # JSON: address, counts
)

search_parameter = Table(  # search parameters of a site's own, from its SearchParameter resources
    "search_parameter",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("tenant", Integer, nullable=False),
    Column("fid", Text, nullable=False),  # the id of the SearchParameter
    Column("state", Text, nullable=False),  # building, active, removing
    Column("job", BigInteger, nullable=False),  # the last job that made or removes its rows
    Column("definition", Text, nullable=False),  # JSON, shape: search.custom.Custom
)

search_generation = Table(  # counts the changes of a tenant's search parameters; no row: none yet
    "search_generation",
    metadata,
    Column("tenant", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)
