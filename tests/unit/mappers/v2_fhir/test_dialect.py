"""What a feed's rows do to a message: moved fields, Z fields, codes, labels."""

from hl7.message import parse
from mappers.codes import CodeMap, Row
from mappers.path import JsonObject
from mappers.v2_fhir.bundle import Mapped
from mappers.v2_fhir.dialect import Condition, CustomRule, Dialect, LabelRule, Move
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import map_message
from mappers.v2_fhir.rearrange import rearranged

MSH = "MSH|^~\\&|LIS|LAB|EHR|CLINIC|20260101||ORU^R01|C1|P|2.5.1"
PID = "PID|1||M1^^^LAB^MR||Quill^Nora"
OBR = "OBR|1|P1|F1|24323-8^Panel^LN|||20260101|||||||||||||||||LAB|F"
OBX = "OBX|1|NM|2345-7^Glucose^LN||4.2|mmol/L||||||F"


def mapped(dialect: Dialect, *segments: str, tables: dict[str, CodeMap] | None = None) -> Mapped:
    text = "\r".join((MSH, *segments)).encode()
    return map_message(parse(text), Feed("lab", dialect=dialect, tables=tables or {}))


def made(of: Mapped, type: str) -> list[JsonObject]:
    return [one.resource for one in of.entries if one.resource["resourceType"] == type]


def moved(move: Move, *segments: str) -> list[object]:
    """Return the target field of each segment after a move."""
    message = parse("\r".join((MSH, *segments)).encode())
    name, _, number = move.target.partition("-")
    seen = rearranged(message.segments, (move,)).segments
    return [one.field(int(number.split(".")[0])) for one in seen if one.id == name]


def test_field_is_moved_from_the_nearest_segment_before() -> None:
    segments = (PID, "ZPS|A", OBX, OBX, "ZPS|B", OBX)
    assert moved(Move("OBX-23", "ZPS-1", keeps_source=True), *segments) == [
        ((("A",),),),
        ((("A",),),),
        ((("B",),),),
    ]


def test_source_is_emptied_and_what_is_valued_stays() -> None:
    message = parse(f"{MSH}\rOBX|1|ST|||^five||keep".encode())
    seen = rearranged(
        message.segments, (Move("OBX-5.1", "OBX-5.2"), Move("OBX-7", "OBX-3"))
    ).segments
    assert seen[1].field(5) == ((("five",), ("",)),)
    assert seen[1].field(7) == ((("keep",),),)
    assert message.segments[1].field(5) == ((("",), ("five",)),)


def test_constant_is_put_where_the_conditions_hold() -> None:
    move = Move(
        "OBX-2", value="NM", when=(Condition("OBX-6"), Condition("OBX-2", ("NM",), negate=True))
    )
    assert moved(move, "OBX|1|||||mg", "OBX|2|||||") == [((("NM",),),), ()]


def test_subcomponent_is_moved_into_a_field_that_is_not_there() -> None:
    assert moved(Move("OBR-16.1.2", "ZOR-2.3"), "OBR|1", "ZOR||a^b^c") == [((("", "c"),),)]


def test_moved_value_is_mapped_and_leaves_the_ledger() -> None:
    odd = "OBX|1|NM|2345-7^Glucose^LN||||||||F|4.2"
    plain, moving = mapped(Dialect(), PID, OBR, odd), Dialect(moves=(Move("OBX-5", "OBX-12"),))
    assert any(one.path == "OBX-12" for one in plain.unmapped)
    after = mapped(moving, PID, OBR, odd)
    assert str(made(after, "Observation")[0]["valueQuantity"]["value"]) == "4.2"  # type: ignore[index, call-overload]
    assert not any(one.path.startswith("OBX-12") for one in after.unmapped)


def test_z_field_becomes_an_extension_of_what_it_belongs_to() -> None:
    url = "https://lab.example/courier"
    rule = CustomRule("ZOB-2", "Observation", extension=url)
    segments = (PID, OBR, OBX, "ZOB|1|first", OBX.replace("2345-7", "2951-2"), "ZOB|2|second")
    found = made(mapped(Dialect(custom=(rule,)), *segments), "Observation")
    assert [one.get("extension") for one in found] == [
        [{"url": url, "valueString": "first"}],
        [{"url": url, "valueString": "second"}],
    ]


def test_z_field_is_written_to_an_element_and_accounted_for() -> None:
    rule = CustomRule("ZPT-3", "Patient", target="maritalStatus", using="cwe")
    of = mapped(Dialect(custom=(rule,)), PID, "ZPT|1|x|M^Married", OBR, OBX)
    assert made(of, "Patient")[0]["maritalStatus"] == {
        "coding": [{"code": "M", "display": "Married"}],
        "text": "Married",
    }
    assert [one.path for one in of.unmapped if one.path.startswith("ZPT")] == ["ZPT-1", "ZPT-2"]


def test_codes_of_a_field_are_translated_and_kept() -> None:
    table = CodeMap("OBX-3", "OBX-3", "http://loinc.org", (Row("GLU", "2345-7"), Row("ZZ", "")))
    of = mapped(
        Dialect(),
        PID,
        OBR,
        OBX.replace("2345-7^Glucose^LN", "GLU^Glucose^L"),
        OBX.replace("2345-7^Glucose^LN", "NEW^Novel^L"),
        OBX.replace("2345-7^Glucose^LN", "ZZ^None^L"),
        OBX,
        tables={"OBX-3": table},
    )
    codes = [one["code"]["coding"] for one in made(of, "Observation")]  # type: ignore[index, call-overload]
    local = "https://parity.example/fhir/sid/lab/L"
    assert codes[0] == [
        {"system": "http://loinc.org", "code": "2345-7"},
        {"system": local, "code": "GLU", "display": "Glucose"},
    ]
    assert [len(list(one)) for one in codes] == [2, 1, 1, 1]  # type: ignore[arg-type]
    assert [(one.codes, one.code) for one in of.untranslated] == [("OBX-3", "NEW")]


def test_table_of_the_feed_goes_before_ours() -> None:
    table = CodeMap("v2-0001", "HL7 table 0001", "", (Row("F", "female"), Row("Q", "other")))
    patient = PID + "|||Q"
    assert made(mapped(Dialect(), patient, OBR, OBX), "Patient")[0].get("gender") is None
    of = mapped(Dialect(), patient, OBR, OBX, tables={"v2-0001": table})
    assert made(of, "Patient")[0]["gender"] == "other"


def test_labels_follow_feed_and_message() -> None:
    rule = LabelRule("urn:labels", "PSY", (Condition("PV1-3.1", ("WARD7",)),))
    segments = (PID, "PV1|1|I|WARD7", OBR, OBX)
    of = mapped(Dialect(labels=(rule,), part2=True), *segments)
    for one in of.entries:
        meta = one.resource["meta"]
        assert isinstance(meta, dict)
        assert [label["code"] for label in meta["security"]] == ["R", "SUD", "42CFRPart2", "PSY"]  # type: ignore[index, call-overload, union-attr]
    elsewhere = mapped(Dialect(labels=(rule,)), PID, "PV1|1|I|WARD8", OBR, OBX)
    assert all("meta" not in one.resource for one in elsewhere.entries)
