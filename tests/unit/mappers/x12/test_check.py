import json

from mappers.x12.check import check, judgement
from mappers.x12.findings import Finding, Ledger, mask, verdict
from mappers.x12.reader import read
from tests.unit.mappers.x12.example import claim_file

KEYS = {
    "id",
    "level",
    "severity",
    "loop",
    "segment",
    "ordinal",
    "element",
    "component",
    "offset",
    "message",
    "remedy",
    "value",
    "expression",
}
BAD = claim_file().replace(b"10:B:1", b"10:Z:1").replace(b"1234567893", b"1234567890")


def test_json_has_the_shape_of_the_command() -> None:
    shown = json.loads(json.dumps(check(BAD, "bad").as_json()))
    assert set(shown) == {"verdict", "findings"}
    assert shown["verdict"] == "rejected"
    assert all(set(one) == KEYS for one in shown["findings"])


def test_finding_tells_where_it_is() -> None:
    finding = check(BAD, "bad").as_json()["findings"][1]
    assert isinstance(finding, dict)
    assert finding["id"] == "element-code"
    assert (finding["loop"], finding["segment"], finding["element"], finding["component"]) == (
        "2300",
        "CLM",
        5,
        2,
    )


def test_findings_come_in_the_order_of_the_file() -> None:
    offsets = [one.offset for one in judgement(read(BAD))]
    assert offsets == sorted(one for one in offsets if one is not None)


def test_text_ends_with_the_verdict() -> None:
    lines = check(BAD, "bad.837").as_text().splitlines()
    assert lines[-1] == "bad.837: rejected (1 interchanges, 1 sets, 30 segments)"
    assert lines[0].startswith("bad.837: error [5] 2010AA NM109 (segment 9, byte ")


def graded(*severities: str) -> list[Finding]:
    known: dict[str, Finding] = {
        "error": Finding("a", 1, "error", "m"),
        "warning": Finding("b", 1, "warning", "m"),
        "information": Finding("c", 1, "information", "m"),
    }
    return [known[one] for one in severities]


def test_gravest_finding_gives_the_verdict() -> None:
    assert verdict(graded("information")) == "accepted"
    assert verdict(graded("information", "warning")) == "accepted-with-errors"
    assert verdict(graded("warning", "error")) == "rejected"
    assert verdict([]) == "accepted"


def test_ledger_counts_what_it_leaves_out() -> None:
    ledger = Ledger(limit=2)
    ledger.add(*graded("error", "warning", "warning"))
    ledger.add(*graded("error"))
    assert [one.id for one in ledger.close()] == ["a", "b", "findings-left-out"]
    assert "2 further" in ledger.close()[-1].message


def test_mask_shows_shape_only() -> None:
    assert mask("Jo-123 x") == "AA-999 A"
    assert mask("\xe9\x01") == "A?"
    assert mask("1" * 30) == "999999999999..(30)"
