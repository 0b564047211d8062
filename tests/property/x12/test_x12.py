"""Whatever comes in gets a verdict and goes out again; what is written is read equal."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from mappers.x12.acknowledgments import acknowledge
from mappers.x12.check import check
from mappers.x12.explain import explain
from mappers.x12.lexer import Delimiters, segments
from mappers.x12.reader import read, read_stream
from mappers.x12.rules.terms import Terms
from mappers.x12.sets import CLAIM_837P
from mappers.x12.tree import Node, rewritable
from mappers.x12.writer import SetBody, write
from tests.unit.mappers.x12.example import (
    ENVELOPE,
    claim,
    claim_file,
    dependent,
    professional,
    remittance_file,
    status_file,
    subscriber,
)

SOUND = (claim_file(), claim_file(dependent(2, [claim()])), remittance_file(), status_file())
VERDICTS = {"accepted", "accepted-with-errors", "rejected"}


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return a sound file with a few places cut, doubled or overwritten."""
    data = draw(st.sampled_from(SOUND))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        until = draw(st.integers(at, min(len(data), at + 40)))
        middle = draw(
            st.one_of(
                st.just(data[at:until] * 2),
                st.binary(max_size=5),
                st.sampled_from(
                    [b"~", b"*", b":", b"^", b"~HL*9*9*22*1~", b"~SE*1*1~", b"~ST*837"]
                ),
            )
        )
        data = data[:at] + middle + data[until:]
    return data


def judged(data: bytes) -> None:
    document = read(data)
    assert document.emit() == data
    report = check(data, "file", Terms(highest=3))
    assert report.verdict in VERDICTS
    assert report.verdict == "accepted" or report.findings
    assert all(one.offset is None or 0 <= one.offset <= len(data) for one in report.findings)
    assert explain(data, "file")
    for interchange in document.interchanges:
        answer = acknowledge(
            interchange, interchange_control=1, group_control=1, written=ENVELOPE.written
        )
        assert answer is None or read(answer).findings == []


@given(st.binary(max_size=300))
def test_any_bytes_get_a_verdict(data: bytes) -> None:
    judged(data)


@given(st.text(alphabet="ISAGTEHLNM1*~:^>\n 0589", max_size=200).map(str.encode))
def test_almost_x12_gets_a_verdict(data: bytes) -> None:
    judged(data)


@given(mutated())
def test_mutated_file_gets_a_verdict(data: bytes) -> None:
    judged(data)


@given(mutated(), st.integers(1, 200))
def test_chunks_make_no_difference(data: bytes, size: int) -> None:
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    texts = [segment.raw for segment in segments(chunks)]
    assert "".join(texts).encode("latin-1") == data
    assert list(read_stream(chunks))


AMOUNTS = st.decimals(Decimal("0.01"), Decimal(9999), places=2)
CHARGES = st.lists(AMOUNTS, min_size=1, max_size=4)
NUMBERS = st.text(st.characters(codec="ascii", categories=["Lu", "Nd"]), min_size=1, max_size=20)


@st.composite
def trees(draw: st.DrawFn) -> Node:
    """Return an 837P of subscribers and dependents with generated claims."""
    levels: list[Node] = []
    at = 2
    for is_dependent in draw(st.lists(st.booleans(), min_size=1, max_size=3)):
        claims = [claim(draw(NUMBERS), draw(CHARGES)) for _ in range(draw(st.integers(1, 2)))]
        levels.append(dependent(at, claims) if is_dependent else subscriber(at, claims))
        at += 2 if is_dependent else 1
    return professional(*levels)


DELIMITERS = st.sampled_from(
    [Delimiters(), Delimiters("|", ">", "!", "\n"), Delimiters("*", "<", "^", "'")]
)


@given(trees(), DELIMITERS)
def test_what_is_written_is_accepted_and_read_equal(tree: Node, delimiters: Delimiters) -> None:
    envelope = replace(ENVELOPE, delimiters=delimiters)
    data = write(CLAIM_837P, [SetBody("0001", tree)], envelope)
    assert check(data, "file", Terms(highest=3)).verdict == "accepted"
    root = next(read(data).sets())[2].root
    assert write(CLAIM_837P, [SetBody("0001", rewritable(root))], envelope) == data
