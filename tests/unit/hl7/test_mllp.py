from hl7.mllp import Frame, FrameDecoder, encode_frame


def test_pipelined_messages_come_out_in_order() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(encode_frame(b"MSH|1") + encode_frame(b"MSH|2")) == [
        Frame(b"MSH|1"),
        Frame(b"MSH|2"),
    ]
    assert decoder.junk == 0


def test_junk_between_frames_is_counted_and_skipped() -> None:
    decoder = FrameDecoder()
    data = b"noise" + encode_frame(b"MSH|1") + b"\0\r\nmore" + encode_frame(b"MSH|2") + b"x"
    assert [frame.data for frame in decoder.feed(data)] == [b"MSH|1", b"MSH|2"]
    assert decoder.junk == 10


def test_end_without_carriage_return_ends_the_frame() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(b"\x0bMSH|1\x1c\x0bMSH|2\x1c") == [Frame(b"MSH|1"), Frame(b"MSH|2")]


def test_frame_that_was_never_ended_is_reported() -> None:
    decoder = FrameDecoder()
    found = decoder.feed(b"\x0bMSH|lost\r\x0bMSH|kept\x1c\r")
    assert found == [Frame(b"MSH|lost\r", "truncated"), Frame(b"MSH|kept")]


def test_start_byte_inside_a_value_is_content() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(b"\x0bMSH|a\x0bb\x1c\r") == [Frame(b"MSH|a\x0bb")]


def test_oversize_frame_is_reported_once_and_the_next_is_read() -> None:
    decoder = FrameDecoder(limit=10)
    found = decoder.feed(b"\x0bMSH|1234567890") + decoder.feed(b"more" * 9 + b"\x1c\r")
    assert found == [Frame(b"MSH|123456", "oversize")]
    assert decoder.feed(encode_frame(b"MSH|ok")) == [Frame(b"MSH|ok")]


def test_memory_of_an_oversize_frame_is_bounded() -> None:
    decoder = FrameDecoder(limit=1000)
    decoder.feed(b"\x0bMSH|")
    for _ in range(100):
        decoder.feed(b"x" * 1000)
    assert len(decoder._buffer) <= 1000


def test_state_says_how_far_a_frame_has_come() -> None:
    decoder = FrameDecoder()

    def state(chunk: bytes) -> tuple[bool, bool]:
        decoder.feed(chunk)
        return decoder.is_inside, decoder.has_header

    assert state(b"")[0] is False
    assert state(b"\x0bMSH|") == (True, False)
    assert state(b"\r") == (True, True)
    assert state(b"\x1c\r")[0] is False
