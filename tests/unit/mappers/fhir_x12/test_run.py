"""Loop maps: what a row writes and reads, what is left out, what is told."""

import pytest

from mappers.fhir_x12.element import plain_path
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.segment import LoopMap, Notes, at, either, fixed, must, needed, segment
from mappers.path import JsonObject
from mappers.x12.lexer import Segment
from mappers.x12.tree import Seg

LOOP = LoopRun(
    LoopMap(
        "2300",
        "Claim",
        (
            needed("CLM", must("CLM01", "identifier[0].value"), at("CLM05-1", "place")),
            segment("REF", fixed("REF01", "G1"), at("REF02", "insurance[0].preAuthRef[0]")),
            segment("NTE", at("NTE01", "kind"), at("NTE02", "text", form="text"), each="note"),
            segment(
                "DTP",
                fixed("DTP01", "472"),
                either(
                    "DTP02",
                    "DTP03",
                    ("D8", "servicedDate", "date"),
                    ("RD8", "servicedPeriod", "span"),
                ),
            ),
        ),
    )
)


def written(subject: JsonObject) -> tuple[list[Seg], Notes]:
    notes = Notes("2300", "Claim", [])
    return LOOP.write(subject, notes), notes


def test_segment_of_constants_alone_is_not_written() -> None:
    segments, _ = written({"identifier": [{"value": "A"}], "insurance": [{"sequence": 1}]})
    assert segments == [Seg("CLM", ("A", None, None, None, None))]


def test_missing_element_of_a_needed_segment_is_a_problem() -> None:
    _, notes = written({})
    assert [(one.kind, one.path, one.place) for one in notes.problems] == [
        ("missing", "Claim.identifier.value", "2300 CLM01")
    ]


def test_one_segment_is_written_for_each_item() -> None:
    segments, _ = written({"note": [{"kind": "ADD", "text": "one"}, {"text": "two*"}]})
    assert segments[1:] == [Seg("NTE", ("ADD", "one")), Seg("NTE", (None, "two"))]


@pytest.mark.parametrize(
    ("subject", "values"),
    [
        ({"servicedDate": "2026-03-01"}, ("472", "D8", "20260301")),
        (
            {"servicedPeriod": {"start": "2026-03-01", "end": "2026-03-02"}},
            ("472", "RD8", "20260301-20260302"),
        ),
    ],
    ids=["day", "span"],
)
def test_value_is_written_and_read_by_its_qualifier(
    subject: JsonObject, values: tuple[str, ...]
) -> None:
    segments, _ = written(subject)
    assert segments[1:] == [Seg("DTP", values)]
    target: JsonObject = {}
    assert LOOP.read([Segment("DTP", ("DTP", *values))], target) == []
    assert target == subject


def test_what_has_no_row_is_told() -> None:
    target: JsonObject = {}
    read = [
        Segment("CLM", ("CLM", "A", "150", "", "", "11:B")),
        Segment("REF", ("REF", "ZZ", "1")),
        Segment("DTP", ("DTP", "472", "D8", "20260231")),
    ]
    assert LOOP.read(read, target) == [
        "2300 CLM02",
        "2300 CLM05-2",
        "2300 REF01",
        "2300 REF02",
        "2300 DTP02",
        "2300 DTP03",
    ]
    assert target == {"identifier": [{"value": "A"}], "place": "11"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("identifier[system=a:b].value", "identifier"),
        ("item[0].net", "item.net"),
        ("supportingInfo{category:onset}.timingDate", "supportingInfo"),
    ],
)
def test_messages_name_elements_by_plain_paths(path: str, name: str) -> None:
    assert plain_path(path) == name
