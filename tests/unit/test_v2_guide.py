from collections import Counter
from pathlib import Path

import pytest

from docs.v2_guide.compiled import FILES, compile_guide, facts
from docs.v2_guide.corpus import Written, plain
from docs.v2_guide.coverage import DECIDED, STANDINGS, _writes, counts, judged, main, share
from docs.v2_guide.datatypes import SAMPLES
from docs.v2_guide.decided import Decided
from mappers.v2_fhir.work import VOCABULARY


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("extension[1].valueString", "extension.valueString"),
        ("_birthDate.extension[]", "birthDate.extension"),
        ("asserter(Practitioner)", "asserter"),
        ('participant[5].type.text="Participation"', "participant.type.text"),
        ("$this", ""),
    ],
)
def test_addresses_are_compared_without_indexes_and_types(target: str, path: str) -> None:
    assert plain(target) == path


@pytest.mark.parametrize(
    ("source", "resource", "path", "found"),
    [
        ("PID-3", "Patient", "identifier", True),
        ("PID-3.1", "Patient", "identifier.value", True),
        ("PID", "Patient", "identifier", True),
        ("PID-2", "Patient", "identifier", False),
        ("PID-3", "Patient", "name", False),
        ("PID-3", "Account", "identifier", False),
    ],
)
def test_row_is_written_from_its_own_source(
    source: str, resource: str, path: str, found: bool
) -> None:
    one = Written("ADT_A01", ("PID",), "PID-3", "Patient", "identifier")
    assert _writes(one, source, resource, path) is found


def test_every_row_of_the_guide_is_judged_once() -> None:
    assert Counter(one.kind for one in judged()) == {file: len(facts(file)) for file in FILES}
    assert sum(counts(judged())[one] for one in STANDINGS) == len(judged())
    assert 0 < share(judged()) <= 1
    assert share([]) == 1


def test_command_tells_each_map_or_the_rows_of_one() -> None:
    lines = list(main(["PID"]))
    assert any("covered   PID-3 -> identifier[2]" in line for line in lines)
    assert lines[-1].startswith(f"all: {len(judged())} rows")
    assert len(list(main([]))) < len(judged())


def test_pattern_of_a_decided_row_takes_brackets_as_written() -> None:
    row = Decided("MSH[MessageHeader]", "*", "source[1]*", "no message leaves")
    assert row.covers("MSH[MessageHeader]", "MSH-3", "source[1].endpoint")
    assert not row.covers("MSH[Bundle]", "MSH-3", "source[1]")


def test_no_decided_row_is_idle() -> None:
    """A row that decides nothing is one the maps meet by now, or a mistake of spelling."""
    undecided = [one for one in judged() if one.standing != "covered"]
    idle = [
        row
        for row in DECIDED
        if not any(row.covers(one.map, one.source, one.target) for one in undecided)
    ]
    assert idle == []


def test_samples_name_maps_of_the_guide_and_transformations_of_ours() -> None:
    named = {row[0] for row in facts("datatypes")}
    assert set(SAMPLES) <= named
    assert {one.using for one in SAMPLES.values()} <= set(VOCABULARY.transformations)


def test_tables_of_the_guide_are_compiled_without_wording(tmp_path: Path) -> None:
    folder = tmp_path / "segments"
    for name in ("segments", "datatypes", "messages", "codesystems"):
        (tmp_path / name).mkdir()
    head = "HL7 v2,,,,,,Condition,,,HL7 FHIR\nSort Order,Identifier,Name\n"
    row = "3,PID-3,Patient Identifier List,CX,1,-1,,,,identifier[2],,Identifier,0,-1,CX[Identifier]"
    text = f"{head}{row}\n{row}\n4,PID-4,Alternate,CX,0,1\n"
    (folder / "HL7 Segment - FHIR R4_ PID[Patient] - PID.csv").write_text(text, encoding="utf-8")
    (folder / "other.csv").write_text(text, encoding="utf-8")
    assert compile_guide(tmp_path) == {
        "segments": [("PID[Patient]", "PID-3", "identifier[2]", "CX[Identifier]", "")],
        "datatypes": [],
        "messages": [],
        "codes": [],
    }
