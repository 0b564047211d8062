"""Damaged messages: mapped with nothing lost, or refused with a place; never anything else."""

from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hl7.message import Message, NotHl7, parse
from mappers.path import JsonObject, read
from mappers.v2_fhir.bundle import MapError, Mapped, merge
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import map_message
from mappers.v2_fhir.source import leaves_of

FOLDER = Path(__file__).parents[2] / "golden/v2"
GOLDEN = [path.read_bytes() for path in sorted(FOLDER.glob("*.hl7"))]
FEED = Feed("property")
PIECES = [b"|", b"^", b"~", b"&", b"\\", b"\r", b'""', b"\\.br\\", b"\xff", b"OBX|", b"NTE|1||x\r"]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(GOLDEN))
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(8, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 0, 1, 2, 20])))
        data = data[:start] + draw(st.sampled_from([b"", *PIECES])) + data[end:]
    return data


def accounted(message: Message, mapped: Mapped) -> bool:
    """Say whether each segment with values was read, or is in the ledger."""
    read_segments = {leaf[0] for leaf in mapped.read}
    listed = {row.path for row in mapped.unmapped}
    counts: dict[str, int] = {}
    for segment in message.segments:
        counts[segment.id] = counts.get(segment.id, 0) + 1
        place = segment.id if counts[segment.id] == 1 else f"{segment.id}({counts[segment.id]})"
        valued = any(any(leaves_of(segment, number)) for number in segment.valued)
        if valued and segment.ordinal not in read_segments and place not in listed:
            return False
    return True


@given(damaged())
def test_damaged_message_is_mapped_whole_or_refused_with_a_place(data: bytes) -> None:
    try:
        message = parse(data)
        mapped = map_message(message, FEED)
    except (NotHl7, MapError):
        return
    assert accounted(message, mapped)
    assert mapped.to_bundle() == map_message(parse(data), FEED).to_bundle()
    urls = [entry.full_url for entry in mapped.entries]
    assert len(urls) == len(set(urls))


numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3).map(lambda n: format(n, "f"))


@given(numbers)
def test_number_is_kept_as_written(number: str) -> None:
    lines = f"MSH|^~\\&|||||||ORU^R01|1|P|2.5\rPID|||7\rOBR|1||F\rOBX|1|NM|A||{number}"
    mapped = map_message(parse(lines.encode()), FEED)
    values = [v for entry in mapped.entries for v in read(entry.resource, "valueQuantity.value")]
    assert [str(value) for value in values] == [str(Decimal(number))]


members = st.dictionaries(
    st.sampled_from(["gender", "birthDate", "name", "photo", "active"]), st.text(max_size=3)
)


@given(members)
def test_merging_a_snapshot_twice_changes_nothing_more(stored: dict[str, str]) -> None:
    data = b'MSH|^~\\&|||||||ADT^A08|1|P|2.5\rPID|||7||DOE||""|F'
    (entry,) = map_message(parse(data), FEED).entries
    current: JsonObject = {"resourceType": "Patient", **stored}
    merged = merge(current, entry)
    assert merge(merged, entry) == merged
    assert merged.get("photo") == stored.get("photo")
    assert "birthDate" not in merged
