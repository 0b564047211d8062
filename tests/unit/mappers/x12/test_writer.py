from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from mappers.x12.lexer import Delimiters
from mappers.x12.reader import read
from mappers.x12.sets import CLAIM_837P, PAYMENT_835, STATUS_277CA
from mappers.x12.tree import Node, node, rewritable, seg
from mappers.x12.writer import Envelope, NotWritable, SetBody, write
from tests.unit.mappers.x12.example import (
    ENVELOPE,
    claim,
    claim_file,
    claim_status,
    dependent,
    professional,
    remittance,
    remittance_file,
    status_file,
    subscriber,
)


def refused(root: Node, envelope: Envelope = ENVELOPE) -> list[tuple[str, str, str]]:
    with pytest.raises(NotWritable) as raised:
        write(CLAIM_837P, [SetBody("0001", root)], envelope)
    return [(one.id, one.place, one.code) for one in raised.value.findings]


def with_claim(change: Callable[[Node], Node]) -> Node:
    return professional(subscriber(2, [change(claim())]))


@pytest.mark.parametrize("data", [claim_file(), remittance_file(), status_file()])
def test_what_is_written_is_read_and_written_again_equal(data: bytes) -> None:
    _, group, one = next(read(data).sets())
    guides = {one.functional_id: one for one in (CLAIM_837P, PAYMENT_835, STATUS_277CA)}
    guide = guides[group.header.functional_id]
    again = write(guide, [SetBody(one.header.control, rewritable(one.root))], ENVELOPE)
    assert again == data


def test_counts_and_control_numbers_are_computed() -> None:
    root = professional(subscriber(2, [claim()]))
    data = write(CLAIM_837P, [SetBody("0001", root), SetBody("0002", root)], ENVELOPE)
    assert data.endswith(b"SE*26*0002~GE*2*5~IEA*1*000000007~")
    assert len(data.split(b"~")[0]) == 105
    assert read(data).findings == []


def test_835_names_no_version_in_st() -> None:
    assert b"~ST*835*0001~" in remittance_file()


def test_segments_and_loops_are_put_into_guide_order() -> None:
    shuffled = with_claim(
        lambda one: replace(
            one, segments=tuple(reversed(one.segments)), children=tuple(reversed(one.children))
        )
    )
    data = write(CLAIM_837P, [SetBody("0001", shuffled)], ENVELOPE)
    assert data == claim_file()


def test_trailing_empty_elements_and_components_are_cut() -> None:
    data = claim_file()
    assert b"SV1*HC:90837:95*150*UN*1***1~" in data
    assert b"REF*EI*987654321~" in data


def test_other_delimiters_are_used() -> None:
    envelope = replace(ENVELOPE, delimiters=Delimiters("|", ">", "!", "\n"))
    root = professional(subscriber(2, [claim()]))
    data = write(CLAIM_837P, [SetBody("0001", root)], envelope)
    assert b"SV1|HC>90837>95|150|UN|1|||1\n" in data
    assert read(data).findings == []


def test_amounts_are_written_in_their_shortest_form() -> None:
    data = claim_file(subscriber(2, [claim(charges=(Decimal("80.00"), Decimal("7.50")))]))
    assert b"CLM*CLAIM1*87.5*" in data
    assert b"*80*UN" in data


def test_missing_segment_is_refused() -> None:
    broken = with_claim(lambda one: replace(one, segments=one.segments[:1]))
    assert refused(broken) == [("segment-missing", "2300 HI", "3")]


def test_missing_loop_is_refused() -> None:
    broken = with_claim(lambda one: replace(one, children=one.children[:1]))
    assert refused(broken) == [("segment-missing", "2400 LX", "3")]


def test_unknown_loop_is_refused() -> None:
    broken = with_claim(lambda one: replace(one, children=(*one.children, node("9999", []))))
    assert refused(broken) == [("loop-unexpected", "2300", "2")]


def test_segment_that_is_not_of_the_loop_is_refused() -> None:
    broken = with_claim(lambda one: replace(one, segments=(*one.segments, seg("SVD", "1", 2))))
    assert refused(broken) == [("segment-unexpected", "2300", "2")]


def test_too_many_segments_are_refused() -> None:
    twice = (seg("REF", "G1", "A1"), seg("REF", "G1", "A2"))
    broken = with_claim(lambda one: replace(one, segments=(*one.segments, *twice)))
    assert refused(broken) == [("segment-too-often", "2300 REF", "5")]


@pytest.mark.parametrize("value", ["A*B", "A~B", "A:B", "A^B", "A\nB", "caf\u00e9"])
def test_delimiters_and_foreign_characters_are_refused(value: str) -> None:
    reference = seg("REF", "G1", value)
    broken = with_claim(lambda one: replace(one, segments=(*one.segments, reference)))
    assert ("element-character", "2300 REF02", "6") in refused(broken)


def test_too_long_value_is_refused() -> None:
    reference = seg("REF", "G1", "A" * 51)
    broken = with_claim(lambda one: replace(one, segments=(*one.segments, reference)))
    assert refused(broken) == [("element-too-long", "2300 REF02", "5")]


def test_code_of_another_list_is_refused() -> None:
    broken = with_claim(
        lambda one: replace(one, segments=(one.segments[0], seg("HI", ("ZZ", "A"))))
    )
    assert refused(broken) == [("element-code", "2300 HI01-1", "7")]


def test_element_the_guide_does_not_use_is_refused() -> None:
    extra = replace(claim().segments[0], values=(*claim().segments[0].values, "P", None, None, "X"))
    broken = with_claim(lambda one: replace(one, segments=(extra, *one.segments[1:])))
    assert refused(broken) == [("element-not-used", "2300 CLM13", "I10")]


def test_refusal_shows_no_values() -> None:
    reference = seg("REF", "G1", "SECRET*")
    broken = with_claim(lambda one: replace(one, segments=(*one.segments, reference)))
    with pytest.raises(NotWritable) as raised:
        write(CLAIM_837P, [SetBody("0001", broken)], ENVELOPE)
    assert "SECRET" not in str(raised.value)


@pytest.mark.parametrize(
    "envelope",
    [
        replace(ENVELOPE, sender="S" * 16),
        replace(ENVELOPE, sender="A*B"),
        replace(ENVELOPE, sender=""),
        replace(ENVELOPE, sender_qualifier="QQ"),
        replace(ENVELOPE, interchange_control=10**9),
        replace(ENVELOPE, group_control=0),
        replace(ENVELOPE, group_receiver="X"),
    ],
)
def test_envelope_that_does_not_fit_is_refused(envelope: Envelope) -> None:
    assert refused(professional(subscriber(2, [claim()])), envelope)


def test_control_number_of_a_set_has_four_characters_at_least() -> None:
    with pytest.raises(NotWritable):
        write(PAYMENT_835, [SetBody("1", remittance())], ENVELOPE)


def test_dependent_is_written_under_the_subscriber() -> None:
    data = claim_file(dependent(2, [claim()]))
    assert data.index(b"NM1*PR") < data.index(b"HL*3*2*23*0") < data.index(b"CLM*")


def test_status_is_written() -> None:
    data = write(STATUS_277CA, [SetBody("0001", claim_status("A7"))], ENVELOPE)
    assert b"STC*A7:20*20260305*WQ*150~" in data
