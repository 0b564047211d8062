"""Tables made ready write what their rows, one path after the other, write."""

import json

import pytest

from mappers.fhir_x12 import payment_table
from mappers.fhir_x12.pair import PAIRS
from mappers.fhir_x12.twin import Part, SegmentTwin, Twin
from mappers.fhir_x12.twin_plan import builder
from mappers.fhir_x12.twin_reading import read_segments
from mappers.path import JsonObject, JsonValue, put, steps
from mappers.x12.lexer import Segment

TABLES = {
    one.place: one
    for group in (payment_table.REMITTANCE, payment_table.CLAIM, payment_table.SERVICE)
    for one in group
}
TEXT = {"number": "3", "amount": "12.5", "money": "7", "day": "20261102", "contact-system": "TE"}


def segment(twin: SegmentTwin, left_out: int) -> Segment:
    """Return a segment with every element of a table but one row's."""
    values: dict[int, dict[int, str]] = {}
    rows = [row for part in twin.parts for row in part.rows]
    for number, (row, place) in enumerate(zip(rows, twin.rows, strict=True)):
        said = "" if number == left_out else TEXT.get(row.using, f"V{number}")
        values.setdefault(place.position, {})[place.component] = said
    for position, component, codes in twin._only:
        values.setdefault(position, {})[component] = codes[0]
    width = max(values)
    texts = [_element(values.get(at, {})) for at in range(1, width + 1)]
    return Segment(twin.segment, (twin.segment, *texts))


def _element(parts: dict[int, str]) -> str:
    if 0 in parts:
        return parts[0]
    return ":".join(parts.get(at, "") for at in range(1, max(parts, default=0) + 1))


def path_by_path(twin: SegmentTwin, one: Segment) -> JsonObject:
    """Write each row with `mappers.path.put`, into objects found by what is fixed of them."""
    target: JsonObject = {}
    for part in twin.parts:
        rows = [row for row in part.rows if _said(one, row)]
        if rows:
            owner = _owner(target, part)
            for path, value in part.fixed:
                put(owner, path, value)
            for row in rows:
                put(owner, row.path, PAIRS[row.using].read(_said(one, row)))
    return target


def _said(one: Segment, row: Twin) -> str:
    place = SegmentTwin("1 XX", (Part("", (row,)),)).rows[0]
    found = one.element(place.position)
    return one.component(place.position, place.component) if place.component else found


def _owner(target: JsonObject, part: Part) -> JsonObject:
    owner = target
    for step in steps(part.anchor):
        made: JsonObject = {}
        if step.repeats:
            entries = owner.setdefault(step.name, [])
            assert isinstance(entries, list)
            entries.append(made)
            owner = made
        else:
            found = owner.setdefault(step.name, made)
            assert isinstance(found, dict)
            owner = found
    return owner


def unordered(value: JsonValue) -> JsonValue:
    """Return a value with the entries of its lists in one order."""
    if isinstance(value, dict):
        return {name: unordered(one) for name, one in value.items()}
    if isinstance(value, list):
        return sorted(map(unordered, value), key=lambda one: json.dumps(one, default=str))
    return value


@pytest.mark.parametrize("place", TABLES)
def test_a_table_made_ready_writes_what_its_rows_write(place: str) -> None:
    twin = TABLES[place]
    for left_out in range(-1, len(twin.rows)):
        one = segment(twin, left_out)
        target: JsonObject = {}
        assert read_segments((twin,), [one], target) == []
        assert unordered(target) == unordered(path_by_path(twin, one)), left_out


def test_what_stands_already_is_kept_and_added_to() -> None:
    date = TABLES["835 DTM"]
    target: JsonObject = {}
    said = Segment("DTM", ("DTM", "405", "20261102"))
    read_segments((date,), [said, said], target)
    entries = target["extension"]
    assert isinstance(entries, list)
    assert len(entries) == 2
    trace = TABLES["835 TRN"]
    held: JsonObject = {"paymentIdentifier": {"value": "first"}, "extension": []}
    read_segments((trace,), [Segment("TRN", ("TRN", "1", "second", "payer"))], held)
    assert held["paymentIdentifier"] == {"value": "first"}
    assert held["paymentIssuer"] == {"identifier": {"value": "payer"}}
    assert held["extension"]


def test_rows_that_share_a_place_are_not_made_ready() -> None:
    def build(*rows: Twin) -> object:
        twin = SegmentTwin("1 XX", (Part("", rows),))
        return builder(list(enumerate(twin.rows)), ())

    assert build(Twin("XX01", "a.b"), Twin("XX02", "a.c")) is not None
    assert build(Twin("XX01", "a.b"), Twin("XX02", "a.b")) is None
    assert build(Twin("XX01", "a"), Twin("XX02", "a.b")) is None
    assert build(Twin("XX01", "a[0].b"), Twin("XX02", "a.c")) is None
