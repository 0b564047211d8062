from hypothesis import given
from hypothesis import strategies as st

from hl7.check import check
from hl7.escape import Encoding, decode, encode
from hl7.message import NotHl7, parse, split
from hl7.mllp import FrameDecoder, encode_frame

USUAL = Encoding()
ODD = Encoding("#", "*", "!", "%", "@", "$")
WITHOUT_ESCAPE = st.characters(exclude_categories=["Cs"])


@given(st.text(WITHOUT_ESCAPE), st.sampled_from([USUAL, ODD]))
def test_text_survives_encoding_and_decoding(text: str, encoding: Encoding) -> None:
    assert decode(encode(text, encoding), encoding) == text


@given(st.text(st.sampled_from("\\.brXHN0AFSTRE|^~& \n")))
def test_any_escapes_decode_to_something(text: str) -> None:
    decode(text, USUAL)


leaves = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
subcomponents = st.lists(leaves, min_size=1, max_size=3)
components = st.lists(subcomponents, min_size=1, max_size=3)
repetitions = st.lists(components, min_size=1, max_size=3)


@given(repetitions)
def test_leaves_survive_joining_and_splitting(field: list[list[list[str]]]) -> None:
    text = "~".join(
        "^".join("&".join(encode(leaf, USUAL) for leaf in parts) for parts in component)
        for component in field
    )
    assert [[list(parts) for parts in one] for one in split(text, USUAL)] == field


contents = st.binary(max_size=40).map(lambda data: data.translate(None, b"\x0b\x1c"))


@given(st.lists(st.tuples(contents, contents), max_size=6), st.data())
def test_frames_come_out_whatever_the_chunks(
    messages: list[tuple[bytes, bytes]], data: st.DataObject
) -> None:
    stream = b"".join(junk + encode_frame(content) for junk, content in messages)
    whole = FrameDecoder()
    expected = whole.feed(stream)
    assert [frame.data for frame in expected] == [content for _, content in messages]
    chunked, found = FrameDecoder(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += chunked.feed(stream[:size])
        stream = stream[size:]
    assert found == expected
    assert chunked.junk == whole.junk


def test_every_split_point_gives_the_same_frames() -> None:
    stream = b"x" + encode_frame(b"MSH|1\r") + b"\r\n" + encode_frame(b"MSH|\x0b2") + b"\x0bMSH|t"
    stream += encode_frame(b"MSH|3") + encode_frame(b"Y" * 30)
    expected = FrameDecoder(limit=20).feed(stream)
    for at in range(len(stream) + 1):
        decoder = FrameDecoder(limit=20)
        assert decoder.feed(stream[:at]) + decoder.feed(stream[at:]) == expected


@given(st.binary(max_size=60))
def test_any_bytes_after_a_header_are_read_and_read_again(tail: bytes) -> None:
    message = parse(b"MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|2.5\r" + tail)
    again = parse(message.emit())
    assert [one.text for one in again.segments] == [one.text for one in message.segments]


@given(
    st.binary(max_size=60), st.sampled_from([b"", b"MSH|^~\\&|", b"\x0bMSH", b"FHS|^~\\&\rMSH|"])
)
def test_any_bytes_get_a_verdict(tail: bytes, start: bytes) -> None:
    report = check(start + tail)
    assert report.verdict in {"accepted", "accepted-with-errors", "rejected"}
    assert report.messages or report.verdict == "rejected"


@given(st.text(st.sampled_from("MSHPID|^~\\&\r\n\x0b12.5Ü")))
def test_any_text_is_a_message_or_none(text: str) -> None:
    try:
        message = parse(text.encode())
    except NotHl7:
        return
    assert message.segments[0].id == "MSH"
