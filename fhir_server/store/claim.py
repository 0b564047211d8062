"""Claims that one unit of work holds against all others: advisory locks of its transaction.

SQLite has one writer at a time, who holds every claim.
"""

from collections.abc import Iterable
from hashlib import blake2b

from fhir_server.db.session import Session

CLAIM = "SELECT count(pg_advisory_xact_lock(one)) FROM unnest(%s::bigint[]) AS one"


def hold(session: Session, tenant: int, keys: Iterable[str]) -> None:
    """Hold claims in the order of their texts, by one statement, until the transaction ends."""
    if session.dialect == "postgresql":
        numbers = [_number(f"{tenant} {key}") for key in sorted(keys)]
        session.run(CLAIM, (f"{{{str(numbers)[1:-1]}}}",))


def _number(claim: str) -> int:
    return int.from_bytes(blake2b(claim.encode(), digest_size=8).digest(), "big", signed=True)
