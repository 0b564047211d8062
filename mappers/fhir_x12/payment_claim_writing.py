"""ClaimResponse to claim payment, CLP: what a payer says of one claim."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import payment_table as table
from mappers.fhir_x12 import system
from mappers.fhir_x12.datatype import amount_at, objects, said, with_own_extensions
from mappers.fhir_x12.pair import PAIRS
from mappers.fhir_x12.twin_writing import write_segments
from mappers.path import JsonObject, put, read, text
from mappers.x12.tree import Node, Seg, node, seg

TRIPLETS = 6


@dataclass(frozen=True, slots=True)
class Told:
    """What a remittance speaks of: responses by id, and claims and patients by `Type/id`."""

    responses: Mapping[str, JsonObject]
    resources: Mapping[str, JsonObject] = field(default_factory=dict)


def claim_payment(response: JsonObject, told: Told) -> Node:
    """Return the 2100 loop of a ClaimResponse."""
    segments = write_segments(table.CLAIM, _with_head(response, told))
    if not any(one.id == "NM1" and one.values[0] == "QC" for one in segments):
        segments += _patient(response, told)
    lines = [*objects(response, "item"), *objects(response, "addItem")]
    lines.sort(key=_position)
    services = [
        loop for one in lines if (loop := _service(_with_service(one, response, told), response))
    ]
    return node("2100", [*segments, *_adjustments(response)], services)


def _with_head(response: JsonObject, told: Told) -> JsonObject:
    """Return the response with what CLP must have, from the claim where it is not said."""
    tree = with_own_extensions(response)
    claim = told.resources.get(said(response, "request.reference"), {})
    status = f"extension[url={system.PAYMENT_STATUS_EXTENSION}].valueCode"
    if not read(tree, status):
        put(tree, status, "4" if not amount_at(response, "payment.amount.value") else "1")
    filing = f"extension[url={ext.CLAIM}].extension[url=filing-indicator].valueCode"
    if not read(tree, filing):
        put(tree, filing, "CI")
    path = f"identifier[system={system.PATIENT_CONTROL_NUMBER}].value"
    number = said(claim, "identifier[0].value")
    if not read(tree, path) and number:
        tree["identifier"] = [*objects(tree, "identifier")]
        put(tree, path, number)
    return tree


def _patient(response: JsonObject, told: Told) -> Iterator[Seg]:
    patient = told.resources.get(said(response, "patient.reference"), {})
    name = next((one for one in read(patient, "name") if isinstance(one, dict)), {})
    plain = PAIRS["text"].write
    family, given = said(name, "family"), said(name, "given[0]")
    member = said(response, "patient.identifier.value")
    yield seg(
        "NM1",
        "QC",
        "1",
        plain(family or "UNKNOWN"),
        plain(given),
        None,
        None,
        None,
        *(("MI", member) if member else ()),
    )


def _service(line: JsonObject, response: JsonObject) -> Node | None:
    segments = write_segments(table.SERVICE, line)
    if not any(one.id == "SVC" and one.values[0] for one in segments):
        return None
    return node("2110", [*segments, *_adjustments(line), *_remarks(line, response)])


def _with_service(line: JsonObject, response: JsonObject, told: Told) -> JsonObject:
    """Return a line that names its service, by the item of the claim where it does not itself."""
    code = f"extension[url={ext.SERVICE}].extension[url=adjudicated].extension[url=code].valueCode"
    if read(line, code):
        return line
    claim = told.resources.get(said(response, "request.reference"), {})
    number = said(line, "itemSequence")
    items = (one for one in objects(claim, "item") if said(one, "sequence") == number)
    item = line if "productOrService" in line else next(items, {})
    if not read(item, "productOrService.coding.code"):
        return line
    tree = with_own_extensions(line)
    head = code.removesuffix(".extension[url=code].valueCode")
    put(tree, f"{head}.extension[url=qualifier].valueCode", "HC")
    put(tree, code, said(item, "productOrService.coding[0].code"))
    for at, modifier in enumerate(read(item, "modifier.coding.code")[:4], 1):
        put(tree, f"{head}.extension[url=modifier{at}].valueCode", modifier)
    day = said(item, "servicedDate") or said(item, "servicedPeriod.start")
    if day and not read(tree, f"extension[url={ext.DATE}]"):
        put(tree, f"extension[url={ext.DATE}].extension[url=qualifier].valueCode", "472")
        put(tree, f"extension[url={ext.DATE}].extension[url=value].valueDate", day[:10])
    return tree


def _adjustments(owner: JsonObject) -> Iterator[Seg]:
    """Yield the CAS segments of a claim or line: up to six triplets of one group each."""
    told = [
        one
        for one in objects(owner, "adjudication")
        if system.ADJUSTMENT_GROUP in read(one, "category.coding.system")
    ]
    for group, run in groupby(told, key=lambda one: said(one, "category.coding[0].code")):
        triplets = [_triplet(one) for one in run]
        for start in range(0, len(triplets), TRIPLETS):
            values = (value for one in triplets[start : start + TRIPLETS] for value in one)
            yield seg("CAS", group, *values)


def _triplet(one: JsonObject) -> tuple[str, Decimal, Decimal | None]:
    quantity = next(iter(read(one, "value")), None)
    value = Decimal(quantity) if isinstance(quantity, int | Decimal) else None
    return said(one, "reason.coding[0].code"), amount_at(one, "amount.value"), value


def _remarks(line: JsonObject, response: JsonObject) -> Iterator[Seg]:
    notes = {said(one, "number"): one for one in objects(response, "processNote")}
    for number in read(line, "noteNumber"):
        coding = f"extension[url={ext.REMARK}].valueCoding"
        note = notes.get(text(number), {})
        if read(note, f"{coding}.code"):
            kind = "HE" if said(note, f"{coding}.system") == system.RARC else "RX"
            yield seg("LQ", kind, said(note, f"{coding}.code"))


def _position(line: JsonObject) -> int:
    path = f"extension[url={ext.SERVICE}].extension[url=position].valuePositiveInt"
    found = [*read(line, path), *read(line, "itemSequence")]
    return found[0] if found and isinstance(found[0], int) else 0
