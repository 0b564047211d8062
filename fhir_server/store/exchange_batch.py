"""Many HL7 v2 texts kept, and told what became of them, in a few statements.

What `store.exchanges` does for one text costs a round trip to the database each time; messages
that arrive together share them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

from fhir_server.db.session import Session
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject
from fhir_server.store.content import aware
from fhir_server.store.exchanges import Exchange, Facts, Kept, Link, get
from fhir_server.store.unit_of_work import UnitOfWork

PLACES = {"postgresql": "%s", "sqlite": "?"}
_SAME = """e.tenant = %s::int AND e.protocol = 'v2' AND e.direction = 'in'
   AND e.sender = n.sender AND e.control = n.control AND e.partner = n.partner"""
KNOWN = f"""
SELECT n.at, k.id, k.sha256 FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::text[])
  AS n (at, partner, sender, control, digest),
LATERAL (
  (SELECT e.id, e.sha256 FROM exchange e WHERE {_SAME} AND e.sha256 = n.digest
   ORDER BY e.id LIMIT 1)
  UNION ALL
  (SELECT e.id, e.sha256 FROM exchange e WHERE {_SAME} AND e.sha256 <> n.digest LIMIT 1)
) k"""  # noqa: S608 - a text of our own
"""The text itself where it is kept already, and one other with its control id."""
_ALONE = """tenant = ? AND protocol = 'v2' AND direction = 'in' AND partner = ?
 AND sender = ? AND control = ?"""
KNOWN_ALONE = f"""
SELECT * FROM (SELECT ?, id, sha256 FROM exchange WHERE {_ALONE} AND sha256 = ? ORDER BY id LIMIT 1)
UNION ALL
SELECT * FROM (SELECT ?, id, sha256 FROM exchange WHERE {_ALONE} AND sha256 <> ? LIMIT 1)
"""  # noqa: S608 - a text of our own
"""The same on SQLite, where a round trip costs nothing, for one message."""
COLUMNS = (
    *("id", "tenant", "protocol", "direction", "partner", "kind", "control", "sender", "receiver"),
    *("name", "received", "sha256", "body", "state", "reply"),
)
AGAIN = """
UPDATE exchange SET state = {0}, reply = coalesce({0}, reply), report = {0}
WHERE tenant = {0} AND id = {0}"""
SETTLE = f"{AGAIN} AND state NOT IN ('applied', 'warning', 'code_unmapped', 'match_pending')"
MARK = "UPDATE exchange SET state = {0} WHERE tenant = {0} AND id = {0}"
LINK = {
    "postgresql": "INSERT INTO exchange_link (exchange, type, fid, place)"
    " SELECT o.exchange, o.type, o.fid, '' FROM unnest(%s::bigint[],"
    " string_to_array(%s, E'\\x1f'), string_to_array(%s, E'\\x1f')) AS o (exchange, type, fid)"
    " ON CONFLICT DO NOTHING",
    "sqlite": "INSERT OR IGNORE INTO exchange_link (exchange, type, fid, place)"
    " VALUES (?, ?, ?, '')",
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message to be kept under an id: its bytes, what its header says, what it is answered."""

    id: int
    body: bytes
    facts: Facts
    reply: bytes | None = None

    @property
    def digest(self) -> str:
        """The hash by which the same bytes are known."""
        return sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an exchange; a reply of None leaves the one it has."""

    exchange: int
    state: str
    reply: bytes | None
    report: JsonObject
    links: tuple[Link, ...] = ()


def keep_all(work: UnitOfWork, incoming: Sequence[Incoming]) -> list[Kept]:
    """Keep messages unless the very same are kept already: of the feed, control id and bytes.

    Of units of work that bring the same message at once, one keeps it and the others find it; of
    the same message twice in one, the first is kept.
    """
    work.claim_many(
        f"exchange v2 in {one.facts.partner} {one.facts.sender} {one.facts.control}"
        for one in incoming
    )
    digests = [one.digest for one in incoming]
    same, other = _known(work, incoming, digests)
    rows: dict[tuple[Facts, str], tuple[object, ...]] = {}
    kept: list[Kept] = []
    for at, (one, digest) in enumerate(zip(incoming, digests, strict=True)):
        name = (Facts(one.facts.partner, "", one.facts.control, one.facts.sender), digest)
        if at in same:
            kept.append(Kept(get(work, same[at]), is_new=False, other=other.get(at)))
            continue
        is_new = name not in rows
        if is_new:
            rows[name] = _row(work, one, digest)
        kept.append(Kept(_exchange(rows[name]), is_new=is_new, other=other.get(at)))
    if rows:
        names, place = ", ".join(COLUMNS), PLACES[work.session.dialect]
        places = ", ".join([place] * len(COLUMNS))
        work.session.run_many(
            f"INSERT INTO exchange ({names}) VALUES ({places})",  # noqa: S608 - our own columns
            list(rows.values()),
        )
    return kept


def settle_all(work: UnitOfWork, outcomes: Sequence[Outcome], *, again: bool = False) -> bool:
    """Say what became of exchanges; tell whether none of them was applied by another meanwhile.

    What is applied `again` may have been applied before.
    """
    work.begin()
    place = PLACES[work.session.dialect]
    own = work.context.tenant
    rows = [
        (one.state, one.reply, encode(one.report).decode(), own, one.exchange) for one in outcomes
    ]
    text = AGAIN if again else SETTLE
    return work.session.run_many(text.format(place), rows) == len(rows)


def mark_all(work: UnitOfWork, exchanges: Sequence[int], state: str) -> None:
    """Put exchanges into a state, whatever they were in."""
    if exchanges:
        work.begin()
        rows = [(state, work.context.tenant, one) for one in exchanges]
        work.session.run_many(MARK.format(PLACES[work.session.dialect]), rows)


def link_all(work: UnitOfWork, outcomes: Sequence[Outcome]) -> None:
    """Note which resources exchanges made or changed; noted ones are left."""
    links = sorted({(one.exchange, to.type, to.id) for one in outcomes for to in one.links})
    if not links:
        return
    work.begin()
    if work.session.dialect == "sqlite":
        work.session.run_many(LINK["sqlite"], links)
        return
    ids, types, fids = zip(*links, strict=True)
    values = (f"{{{str(list(ids))[1:-1]}}}", "\x1f".join(types), "\x1f".join(fids))
    work.session.run(LINK["postgresql"], values)


def _known(
    work: UnitOfWork, incoming: Sequence[Incoming], digests: Sequence[str]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return, by the place of a message, the exchange that is the same, and one that is not."""
    facts = [one.facts for one in incoming]
    rows = _rows_known(work.session, work.context.tenant, facts, digests)
    same: dict[int, int] = {}
    other: dict[int, int] = {}
    for at, id, digest in rows:
        found = same if digest == digests[cast("int", at)] else other
        found[cast("int", at)] = cast("int", id)
    return same, other


def _rows_known(
    session: Session, tenant: int, facts: Sequence[Facts], digests: Sequence[str]
) -> list[tuple[object, ...]]:
    if session.dialect == "postgresql":
        named = (
            [one.partner for one in facts],
            [one.sender for one in facts],
            [one.control for one in facts],
        )
        values = (list(range(len(facts))), *named, list(digests), tenant, tenant)
        return [tuple(row) for row in session.run(KNOWN, values)]
    found: list[tuple[object, ...]] = []
    for at, (one, digest) in enumerate(zip(facts, digests, strict=True)):
        asked = (at, tenant, one.partner, one.sender, one.control, digest)
        found += [tuple(row) for row in session.run(KNOWN_ALONE, asked * 2)]
    return found


def _row(work: UnitOfWork, one: Incoming, digest: str) -> tuple[object, ...]:
    facts = one.facts
    return (
        one.id,
        work.context.tenant,
        *("v2", "in"),
        *(facts.partner, facts.kind, facts.control, facts.sender, facts.receiver, facts.name),
        work.now,
        digest,
        one.body,
        "received",
        one.reply,
    )


def _exchange(row: tuple[object, ...]) -> Exchange:
    value = dict(zip(COLUMNS, row, strict=True))
    names = ("partner", "kind", "control", "sender", "receiver", "name")
    return Exchange(
        id=cast("int", value["id"]),
        protocol="v2",
        direction="in",
        facts=Facts(*[cast("str", value[name]) for name in names]),
        received=aware(cast("int", value["received"])),
        sha256=cast("str", value["sha256"]),
        body=cast("bytes", value["body"]),
        state=cast("str", value["state"]),
        reply=cast("bytes | None", value["reply"]),
        report=None,
    )
