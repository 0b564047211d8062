"""`Account/$bill`: the charges of an account that are not billed yet become a Claim.

The Claim, and the charges' move to billed with the Claim they are billed by, are one commit: a
charge is on one claim only. A charge without a price or code, or a credit tied to no charge, is
named and left.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fhir_server.billing.charge import BILLED, Account, Net, claim_of, duplicates, net
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.interactions.transaction import execute
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.outcome import Gone, Invalid, Issue, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.path import read

MOST = 5000
"""Charges looked at of one account, billed ones too."""
NO_COVERAGE = "the account has no active coverage; add one, then bill it"
TOO_MANY = f"the account has {MOST} charges or more: open another account, then bill it"
NO_CHARGE = "the account has no charge to be billed"


@dataclass(frozen=True, slots=True)
class Billed:
    """The claim as it is stored, and what was noticed: repeats, charges left."""

    claim: JsonObject
    issues: tuple[Issue, ...]


def bill(id: str, context: Context, runtime: Runtime) -> Billed:
    """Make the claim of an account's charges.

    Raises NotFound, Gone; Invalid where nothing is to be billed, too much, or no coverage is there.
    """
    return runtime.store.transact(context, lambda work: _bill(id, work, runtime))


def _bill(id: str, work: UnitOfWork, runtime: Runtime) -> Billed:
    work.claim(f"bill Account/{id}")
    account = _read("Account", id, work)
    charges = list(charges_of(id, work, runtime))
    left, issues = net(charges)
    coverages = list(_coverages(account, work))
    if not coverages:
        raise Invalid(NO_COVERAGE, expression="Account.coverage", detail="nothing-to-bill")
    if not left:
        none = Issue("error", "business-rule", NO_CHARGE, "Account", "nothing-to-bill")
        raise Invalid(NO_CHARGE, issues=(none, *issues))
    visits = {
        reference: _read("Encounter", reference.rpartition("/")[2], work)
        for one in left
        for reference in map(str, read(one.charge, "context.reference"))
        if reference.startswith("Encounter/")
    }
    today = runtime.clock().date().isoformat()
    claim = claim_of(left, Account(account, coverages, visits), today)
    response = execute(_transaction(claim, left, charges), work, runtime)
    stored = _first(response)
    return Billed(_read("Claim", stored, work), (*issues, *duplicates(left)))


def charges_of(account: str, reader: Reader, runtime: Runtime) -> Iterator[JsonObject]:
    """Yield the charges of an account and the credits, in the order they came."""
    criteria = Criteria.of("ChargeItem", (("account", f"Account/{account}"),), runtime)
    rows = sorted(matches(criteria, reader, limit=MOST), key=lambda one: one.rid)
    if len(rows) == MOST:
        raise Invalid(TOO_MANY, expression="Account", detail="too-many-charges")
    yield from (decode(one.body) for one in rows)


def _coverages(account: JsonObject, reader: Reader) -> Iterator[JsonObject]:
    """Yield the coverages of an account by their priority; a cancelled one is not billed."""
    entries = [one for one in read(account, "coverage") if isinstance(one, dict)]
    for one in sorted(entries, key=_priority):
        for reference in map(str, read(one, "coverage.reference")):
            coverage = _read("Coverage", reference.rpartition("/")[2], reader)
            if coverage.get("status") == "active":
                yield coverage


def _priority(entry: JsonObject) -> int:
    found = entry.get("priority")
    return found if isinstance(found, int) else MOST


def _transaction(claim: JsonObject, left: list[Net], charges: list[JsonObject]) -> JsonObject:
    """Return the Claim and the charges and credits it bills, as one transaction."""
    url = "urn:uuid:00000000-0000-4000-8000-000000000001"
    billed = {f"ChargeItem/{one.charge['id']}" for one in left}
    entries: list[JsonValue] = [
        {"fullUrl": url, "resource": claim, "request": {"method": "POST", "url": "Claim"}}
    ]
    for one in charges:
        own = {f"ChargeItem/{one['id']}", *map(str, read(one, "partOf.reference"))}
        if not own & billed:
            continue
        supporting: list[JsonValue] = [*read(one, "supportingInformation"), {"reference": url}]
        marked: JsonObject = {**one, "status": BILLED, "supportingInformation": supporting}
        place = f"ChargeItem/{one['id']}"
        entries.append({"resource": marked, "request": {"method": "PUT", "url": place}})
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _first(response: JsonObject) -> str:
    """Return the id of the first resource a transaction made."""
    place = str(read(response, "entry.response.location")[0])
    return place.split("/_history/", maxsplit=1)[0].rpartition("/")[2]


def _read(type: str, id: str, reader: Reader) -> JsonObject:
    version = reader.current(type, id)
    if version is None:
        raise NotFound(f"{type}/{id} is not known")
    if version.deleted:
        raise Gone(f"{type}/{id} was deleted")
    return decode(version.body)
