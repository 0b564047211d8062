from collections.abc import Iterator
from decimal import Decimal

from mappers.x12.envelope import Group, Interchange, InterchangeHeader, TransactionSet
from mappers.x12.findings import Finding
from mappers.x12.reader import Document, Unit, read, read_stream
from mappers.x12.tree import LoopNode
from tests.unit.mappers.x12.example import (
    claim,
    claim_file,
    dependent,
    remittance_file,
    status_file,
    subscriber,
)


def outline(node: LoopNode) -> str:
    """Return the loops below a node as nested text."""
    below = " ".join(outline(child) for child in node.children)
    return f"{node.id}({below})" if below else node.id


def root_of(data: bytes) -> LoopNode:
    return next(read(data).sets())[2].root


def ids(document: Document) -> list[str]:
    return [one.id for one in document.findings]


def test_claim_of_the_subscriber_hangs_under_the_subscriber() -> None:
    assert outline(root_of(claim_file())) == (
        "837(1000A 1000B 2000A(2010AA 2000B(2010BA 2010BB 2300(2310B 2400))))"
    )


def test_claim_of_a_dependent_hangs_under_the_patient() -> None:
    data = claim_file(dependent(2, [claim()]), subscriber(4, [claim("C2"), claim("C3")]))
    assert outline(root_of(data)) == (
        "837(1000A 1000B 2000A(2010AA "
        "2000B(2010BA 2010BB 2000C(2010CA 2300(2310B 2400))) "
        "2000B(2010BA 2010BB 2300(2310B 2400) 2300(2310B 2400))))"
    )


def test_remittance_keeps_what_follows_the_claims_in_its_root() -> None:
    root = root_of(remittance_file())
    assert outline(root) == "835(1000A 1000B 2000(2100(2110)))"
    assert [one.id for one in root.segments] == ["ST", "BPR", "TRN", "PLB", "SE"]


def test_status_levels_nest() -> None:
    assert outline(root_of(status_file())) == (
        "277(2000A(2100A 2200A 2000B(2100B 2200B 2000C(2100C 2200C 2000D(2100D 2200D)))))"
    )


def test_written_files_have_no_findings() -> None:
    for data in (claim_file(), remittance_file(), status_file()):
        assert read(data).findings == []
        assert read(data).verdict == "accepted"


def test_envelope_values_are_named() -> None:
    interchange, group, one = next(read(claim_file()).sets())
    assert (interchange.header.sender, interchange.header.control) == ("CLINIC", "000000007")
    assert (group.header.functional_id, group.header.version) == ("HC", "005010X222A1")
    assert (one.header.control, one.guide) == ("0001", "005010X222A1")


def test_second_guide_version_is_read_by_the_same_tables() -> None:
    document = read(claim_file().replace(b"X222A1", b"X222A2"))
    assert document.findings == []


def test_several_interchanges_are_read() -> None:
    other = remittance_file().replace(b"*000000007", b"*000000008").replace(b"~", b"\n")
    document = read(claim_file() + other)
    assert [one.header.control for one in document.interchanges] == ["000000007", "000000008"]
    assert document.findings == []


def test_repeated_control_number_in_a_file_is_found() -> None:
    assert ids(read(claim_file() * 2)) == ["interchange-control-duplicate"]


def test_references_belong_to_the_nearest_loop_that_takes_them() -> None:
    data = claim_file().replace(b"PRV*PE", b"PRV*PE", 1).replace(b"~LX*1", b"~REF*G2*X1~LX*1")
    root = root_of(data)
    rendering = next(node for node in root.walk() if node.id == "2310B")
    assert rendering.first("REF", "G2") is not None


def test_segment_without_a_place_is_kept_where_it_stood() -> None:
    document = read(claim_file().replace(b"~LX*1", b"~AMT*ZZ9*1~LX*1"))
    root = next(document.sets())[2].root
    assert "segment-unexpected" in ids(document)
    assert any(node.first("AMT", "ZZ9") for node in root.walk())


def test_set_without_guide_keeps_all_segments_and_says_so() -> None:
    data = claim_file().replace(b"005010X222A1", b"005010X299")
    document = read(data)
    one = next(document.sets())[2]
    assert ids(document) == ["guide-not-loaded"]
    assert one.guide == ""
    assert len(one.root.segments) == len(one.segments) == 26


def test_fragment_without_envelopes_is_placed() -> None:
    data = claim_file()
    start, end = data.index(b"ST*837"), data.index(b"GE*")
    document = read(data[start:end])
    assert ids(document) == ["interchange-header-missing"]
    assert next(document.sets())[2].root.child("2000A") is not None


def test_bad_set_does_not_spoil_the_others() -> None:
    good, bad = claim_file(), claim_file(subscriber(2, [claim("BAD")]))
    set_text = bad[bad.index(b"ST*") : bad.index(b"GE*")].replace(b"*0001", b"*0002")
    broken = set_text.replace(b"CLM*BAD", b"CLX*BAD")
    data = good.replace(b"GE*1*", broken + b"GE*2*")
    sets = [one for _, _, one in read(data).sets()]
    assert [bool(one.findings) for one in sets] == [False, True]


def test_findings_are_limited() -> None:
    document = read(claim_file().replace(b"~LX*1", b"~ZZZ*1" * 3000 + b"~LX*1"))
    assert len(document.findings) < 1100
    assert "findings-left-out" in ids(document)


def stream(data: bytes) -> Iterator[object]:
    return read_stream(data[at : at + 100] for at in range(0, len(data), 100))


def test_stream_gives_units_with_the_loops_above_them() -> None:
    data = claim_file(dependent(2, [claim("C1")]), subscriber(4, [claim("C2"), claim("C3")]))
    units = [
        (one.node.segments[0].element(1), [node.id for node in one.above])
        for one in stream(data)
        if isinstance(one, Unit)
    ]
    path = ["837", "2000A", "2000B"]
    assert units == [
        ("C1", [*path, "2000C"]),
        ("C2", path),
        ("C3", path),
    ]


def test_unit_of_a_stream_has_the_names_above_it() -> None:
    members = [
        name.element(9)
        for one in stream(claim_file(dependent(2, [claim("C1")])))
        if isinstance(one, Unit)
        for level in one.above
        for loop in level.each("2010BA")
        for name in loop.every("NM1")
    ]
    assert members == ["MEMBER1"]


def test_stream_tells_headers_and_wholes_in_the_order_of_the_file() -> None:
    kinds = [type(one).__name__ for one in stream(claim_file())]
    assert kinds == [
        "InterchangeHeader",
        "GroupHeader",
        "SetHeader",
        "Unit",
        "TransactionSet",
        "Group",
        "Interchange",
    ]


def test_stream_keeps_no_unit_in_the_tree() -> None:
    data = claim_file(*(subscriber(at, [claim(f"C{at}")]) for at in range(2, 50)))
    parts = list(stream(data))
    sets = [one for one in parts if isinstance(one, TransactionSet)]
    assert outline(sets[0].root) == "837(1000A 1000B)"
    assert len(sets[0].segments) == 2
    assert not next(one for one in parts if isinstance(one, Group)).sets
    assert not next(one for one in parts if isinstance(one, Interchange)).groups


def test_stream_finds_what_the_document_finds() -> None:
    data = claim_file(subscriber(2, [claim(charges=(Decimal(10), Decimal(20)))]))
    broken = data.replace(b"~SV1*HC:", b"~SV1*XX:").replace(b"GE*1*5", b"GE*2*6")[:-5]
    found: list[Finding] = []
    for part in stream(broken):
        if isinstance(part, Finding):
            found.append(part)
        elif isinstance(part, TransactionSet | Group | Interchange):
            found.extend(part.findings)
    assert sorted(one.id for one in found) == sorted(ids(read(broken)))
    assert isinstance(next(stream(broken)), InterchangeHeader)


def test_endless_segment_is_judged_in_one_go() -> None:
    data = claim_file().replace(b"~LX*1~", b"~LX*1" + b"*A" * 300_000 + b"~")
    document = read(data)
    assert len(document.findings) < 10
    assert document.emit() == data


def test_many_interchanges_are_read() -> None:
    data = b"".join(
        claim_file().replace(b"*000000007", b"*%09d" % number) for number in range(1, 200)
    )
    document = read(data)
    assert len(document.interchanges) == 199
    assert document.findings == []
