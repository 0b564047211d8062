import pytest

from mappers.x12.lexer import STANDARD, Delimiters, detect, segments
from tests.unit.mappers.x12.example import claim_file

FILE = claim_file()


def emitted(chunks: list[bytes]) -> bytes:
    return "".join(segment.raw for segment in segments(chunks)).encode("latin-1")


@pytest.mark.parametrize("size", [1, 7, 106, 1000])
def test_segments_do_not_depend_on_chunks(size: int) -> None:
    chunks = [FILE[at : at + size] for at in range(0, len(FILE), size)]
    assert list(segments(chunks)) == list(segments([FILE]))


def test_offset_points_at_the_id() -> None:
    for segment in segments([b"\xef\xbb\xbf" + FILE.replace(b"~", b"~\r\n  ")]):
        if segment.id:
            text = (b"\xef\xbb\xbf" + FILE.replace(b"~", b"~\r\n  "))[segment.offset :]
            assert text.startswith(segment.id.encode())


def test_ordinals_count_from_one() -> None:
    assert [one.ordinal for one in segments([FILE])] == list(range(1, FILE.count(b"~") + 1))


def test_delimiters_come_from_the_isa() -> None:
    text = FILE.decode().replace("*", "|").replace("~", "\n").replace("^", "!").replace(":", "<")
    assert detect(text) == Delimiters("|", "<", "!", "\n")


def test_isa11_u_means_nothing_repeats() -> None:
    assert detect(FILE.decode().replace("*^*", "*U*")).repetition == ""


def test_isa_of_wrong_width_is_still_read() -> None:
    short = FILE.replace(b"CLINIC         ", b"CLINIC", 1)
    assert detect(short.decode()) == STANDARD
    assert [one.id for one in segments([short])][:3] == ["ISA", "GS", "ST"]


def test_component_in_use_wins_over_the_declared_one() -> None:
    head, rest = FILE[:106], FILE[106:]
    assert detect((head + rest.replace(b":", b">")).decode()).component == ">"


def test_each_interchange_has_its_own_delimiters() -> None:
    other = FILE.replace(b"*", b"|").replace(b"~", b"\n")
    found = [one for one in segments([FILE + other + FILE]) if one.id == "ISA"]
    assert [one.delimiters.element for one in found] == ["*", "|", "*"]
    assert emitted([FILE + other + FILE]) == FILE + other + FILE


def test_fragment_delimiters_are_inferred() -> None:
    assert [one.id for one in segments([b"ST*837*0001~BHT*0019~"])] == ["ST", "BHT"]
    assert [one.id for one in segments([b"ST|837|0001\nBHT|0019\n"])] == ["ST", "BHT"]


def test_crlf_after_the_terminator_is_not_data() -> None:
    found = list(segments([FILE.replace(b"~", b"~\r\n")]))
    assert [one.id for one in found[-2:]] == ["IEA", ""]
    assert found[1].lead == "\r\n"


def test_unterminated_end_is_kept() -> None:
    last = list(segments([FILE + b"NM1*IL*1"]))[-1]
    assert (last.id, last.is_terminated, last.elements[1:]) == ("NM1", False, ("IL", "1"))


def test_accessors_give_empty_text_beyond_the_end() -> None:
    service = next(one for one in segments([FILE]) if one.id == "SV1")
    assert service.component(1, 2) == "90837"
    assert service.components(1) == ("HC", "90837", "95")
    assert (service.element(40), service.component(1, 9), service.components(40)) == ("", "", ())


def test_repetitions_are_split_by_their_mark() -> None:
    first = next(iter(segments([b"EB*1**30^35^88~"])))
    assert first.repetitions(3) == ("30", "35", "88")
    assert first.repetitions(2) == ()


@pytest.mark.parametrize("junk", [b"", b"   \r\n", b"\x00\x1a", b"~", b"ISA", b"ISA*" + b"*" * 40])
def test_whatever_comes_is_emitted_again(junk: bytes) -> None:
    assert emitted([junk]) == junk
