"""One FT1 to a ChargeItem: a charge, or the credit of one; anything else to a Task.

A charge is known by its transaction number (FT1-2), else by FT1-1, the message, its code and its
day; the same one again makes nothing. A credit is a charge of its own with negative quantity and
price, `partOf` what it takes back: nothing is deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.bundle import Entry
from mappers.v2_fhir.charge_code import TRANSACTION_TYPE
from mappers.v2_fhir.charge_task import charge_task
from mappers.v2_fhir.charge_type import UNIT_PRICE
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.identity import Key, chosen_key, identifier_query, stable_id
from mappers.v2_fhir.ledger import Unmapped, occurrences
from mappers.v2_fhir.observation import note_of
from mappers.v2_fhir.segments.dg1_charge import CHARGE_REASON
from mappers.v2_fhir.segments.ft1 import CHARGE, CREDITED, ORDERED, PAYMENT, PERFORMED
from mappers.v2_fhir.source import SegmentSource, SegmentText
from mappers.v2_fhir.work import Work

CENT = Decimal("0.01")
CHARGE_KIND, CREDIT_KIND = "charge", "credit"
PERFORMERS: tuple[tuple[str, str], ...] = (
    (f"{TERMINOLOGY}/v3-ParticipationType", "PRF"),
    (f"{TERMINOLOGY}/v2-0443", "OP"),
)
"""The functions of who performed (FT1-20) and who ordered (FT1-21)."""


@dataclass(slots=True)
class Transaction:
    """An FT1 with the notes, diagnoses and procedures that belong to it."""

    ft1: SegmentText
    notes: list[SegmentText] = field(default_factory=list)
    diagnoses: list[SegmentText] = field(default_factory=list)
    procedures: list[SegmentText] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Charged:
    """What a charge hangs on: the message, the patient, the visit, the account, what was done.

    `procedures` are references to the procedures told with it.
    """

    control_id: str
    time: str
    patient: JsonObject
    visit: str
    account: str
    procedures: Sequence[str] = ()


def add_transaction(work: Work, transaction: Transaction, shared: Charged) -> None:
    """Add what one FT1 is: a ChargeItem for a charge or credit, else a Task."""
    source = work.source(transaction.ft1)
    kind = _kind(source)
    if kind not in {CHARGE_KIND, CREDIT_KIND}:
        _add_payment(work, source, kind, transaction.notes, shared)
        return
    item: JsonObject = {"resourceType": "ChargeItem"}
    work.run(CHARGE, source, item)
    key = _identify(work, item, source, kind, shared)
    code = item.get("code")
    is_whole = isinstance(code, dict) and bool(code.get("coding"))
    item.setdefault("code", {"text": "not named by the sender"})
    price = _price(item)
    _share(work, item, transaction, shared)
    if kind == CREDIT_KIND:
        work.run(CREDITED, source, item)
        _number_alike(item)
        _negate(item)
    is_whole = is_whole and price is not None
    item["status"] = "billable" if is_whole else "planned"
    url = f"urn:uuid:{stable_id(work.feed.name, 'ChargeItem', *key)}"
    if url in work.entries:
        url, key = _apart(work, item, transaction.ft1, url, key)
        if not url:
            return
    work.add(Entry(item, url, "ChargeItem", "create", identifier_query(key)))
    if not is_whole:
        focus: JsonObject = {"focus": {"reference": url}}
        work.add(
            charge_task(
                "charge-incomplete", work.feed.name, key, shared.patient, shared.time, focus
            )
        )


def _apart(work: Work, item: JsonObject, ft1: SegmentText, url: str, key: Key) -> tuple[str, Key]:
    """Tell a charge apart from another of the message with the same number.

    Some senders number the visit and not the charge: another content is another charge, known by
    its place too. The same content is the same charge: nothing is added, and the place is listed.
    """
    if work.entries[url].resource == item:
        work.refused.append(Unmapped(occurrences(work.segments)[ft1.ordinal], "overruled"))
        return "", key
    place = work.source(ft1).value("FT1-1") or str(ft1.ordinal)
    system = work.feed.local_system("charge-place")
    own = (system, stable_id(work.feed.name, "charge-place", *key, place))
    identifier: JsonValue = {"system": own[0], "value": own[1]}
    item["identifier"] = [identifier, *read(item, "identifier")]
    return f"urn:uuid:{stable_id(work.feed.name, 'ChargeItem', *own)}", own


def _kind(source: SegmentSource) -> str:
    """Return what the transaction is: FT1-6, and a charge with a minus is the credit of one."""
    sent = source.value("FT1-6").strip().upper()
    found = TRANSACTION_TYPE.translate(sent or "CG")
    kind = found.code if found else "unknown"
    amounts = (source.value(f"FT1-{number}").strip() for number in (10, 11))
    if kind == CHARGE_KIND and any(amount.startswith("-") for amount in amounts):
        return CREDIT_KIND
    return kind


def _identify(
    work: Work, item: JsonObject, source: SegmentSource, kind: str, shared: Charged
) -> Key:
    """Give the charge the identifier it is known by; return it.

    A credit may bear the number of the charge it takes back: it has a number of its own then.
    """
    own = chosen_key(item, ("",))
    if own is not None and kind == CHARGE_KIND:
        return own
    day = str(item.get("occurrenceDateTime") or read(item, "occurrencePeriod.start"))[:10]
    codes = "|".join(map(str, read(item, "code.coding.code")))
    told = own or (source.value("FT1-1"), shared.control_id, codes, day)
    key = (work.feed.local_system(kind), stable_id(work.feed.name, kind, *told))
    known = item.get("identifier")
    identifier: JsonValue = {"system": key[0], "value": key[1]}
    item["identifier"] = [identifier, *(known if isinstance(known, list) else [])]
    return key


def _price(item: JsonObject) -> Decimal | None:
    """Complete quantity and price; return the price, None where nobody tells it.

    The price is FT1-11 as written, else FT1-12 by the quantity, rounded to the cent.
    """
    quantity = item.setdefault("quantity", {"value": Decimal(1)})
    if "priceOverride" not in item:
        unit = read(item, f"extension[url={UNIT_PRICE}].valueMoney")
        count = read(quantity, "value")
        if not unit or not isinstance(unit[0], dict) or not isinstance(count[0], Decimal):
            return None
        value = unit[0].get("value")
        if not isinstance(value, Decimal):
            return None
        item["priceOverride"] = {**unit[0], "value": _to_the_cent(value * count[0])}
    price = read(item, "priceOverride.value")[0]
    return price if isinstance(price, Decimal) else None


def _number_alike(item: JsonObject) -> None:
    """Read the number of what is taken back as one of the sender's that numbers the credit.

    FT1-31 is a bare number (SI), while FT1-2 may tell who assigned it.
    """
    own = [one for one in read(item, "identifier") if read(one, "system")][1:2]
    for number in read(item, "partOf.identifier"):
        if own and isinstance(number, dict):
            number["system"] = read(own[0], "system")[0]


def _to_the_cent(amount: Decimal) -> Decimal:
    """Return an amount with no more than cents: half a cent counts as one."""
    return (
        amount
        if amount == amount.quantize(CENT, ROUND_DOWN)
        else amount.quantize(CENT, ROUND_HALF_UP)
    )


def _negate(item: JsonObject) -> None:
    """Make quantity and price of a credit negative, whichever sign was sent."""
    for name in ("quantity", "priceOverride"):
        amount = item.get(name)
        value = amount.get("value") if isinstance(amount, dict) else None
        if isinstance(amount, dict) and isinstance(value, Decimal):
            amount["value"] = -abs(value)


def _share(work: Work, item: JsonObject, transaction: Transaction, shared: Charged) -> None:
    """Write what the charge shares with others of the message, who performed it, and its notes."""
    source = work.source(transaction.ft1)
    item["subject"] = shared.patient
    if shared.visit:
        item["context"] = {"reference": shared.visit}
    if shared.account:
        item["account"] = [{"reference": shared.account}]
    if shared.procedures:
        item["service"] = [{"reference": one} for one in shared.procedures]
    performers: list[JsonValue] = []
    for table, (system, code) in zip((PERFORMED, ORDERED), PERFORMERS, strict=True):
        people = work.run(table, source).get("actor")
        function: JsonObject = {"coding": [{"system": system, "code": code}]}
        performers += [
            {"function": function, "actor": one}
            for one in (people if isinstance(people, list) else ())
        ]
    if performers:
        item["performer"] = performers
    if "reason" not in item:
        for segment in transaction.diagnoses:
            work.run(CHARGE_REASON, work.source(segment), item)
    note = note_of(work, transaction.notes)
    if note:
        item["note"] = [note]


def _add_payment(
    work: Work, source: SegmentSource, kind: str, notes: list[SegmentText], shared: Charged
) -> None:
    """Add the Task that waits for a person, with all that FT1 tells."""
    told = work.run(PAYMENT, source)
    note = note_of(work, notes)
    if note:
        told["note"] = [note]
    if shared.visit:
        told["encounter"] = {"reference": shared.visit}
    if shared.account:
        told["focus"] = {"reference": shared.account}
    number = chosen_key(told, ("",))
    key = number or (source.value("FT1-1"), shared.control_id)
    work.add(charge_task(kind, work.feed.name, key, shared.patient, shared.time, told))
