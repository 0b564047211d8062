import pytest

from hl7.escape import Encoding, decode, encode, unknown_escapes

USUAL = Encoding()


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("plain", "plain"),
        (r"a\F\b\S\c\T\d\R\e\E\f", "a|b^c&d~e\\f"),
        (r"line\.br\line", "line\nline"),
        (r"two\.sp2\down", "two\n\ndown"),
        (r"\.sp\one", "\none"),
        (r"\.sk3\right", "   right"),
        (r"\.ce\centred", "\ncentred"),
        (r"\.in+4\indented", "indented"),
        (r"\H\loud\N\ ", "loud "),
        (r"\X0D0A\ ", "\r\n "),
        (r"\X000d\ ", "\r "),
        (r"\XC3A9\ ", "é "),
        (r"\E\R\ ", "\\R\\ "),
        (r"\P\ ", "# "),
    ],
)
def test_known_sequence_is_decoded_once(sent: str, meant: str) -> None:
    assert decode(sent, USUAL) == meant
    assert unknown_escapes(sent, USUAL) in {0, sent.count(r"\E\R\ ")}


@pytest.mark.parametrize("text", [r"C:\path\file", r"\X0D0\ ", "ends with \\", r"\X\ "])
def test_what_is_no_sequence_stays_as_sent(text: str) -> None:
    assert decode(text, USUAL) == text
    assert unknown_escapes(text, USUAL) > 0


def test_byte_outside_the_character_set_is_read_as_latin_1() -> None:
    assert decode(r"\XE9\ ", USUAL) == "é "


def test_other_delimiters_are_decoded_to_themselves() -> None:
    odd = Encoding("#", "*", "!", "%", "@")
    assert decode("%F%%S%%T%%R%%E%", odd) == "#*@!%"


def test_undeclared_escape_character_decodes_nothing() -> None:
    bare = Encoding(escape="")
    assert decode(r"a\F\b", bare) == r"a\F\b"
    assert encode("a|b", bare) == "a|b"


def test_control_characters_are_encoded_so_that_frames_stay_whole() -> None:
    assert encode("a\x0b\x1c\rb\n", USUAL) == r"a\X0B\\X1C\\X0D\b\.br" + "\\"


def test_local_escape_stays_as_sent_and_is_no_fault() -> None:
    assert decode(r"a\Z1\b", USUAL) == r"a\Z1\b"
    assert unknown_escapes(r"a\Z1\b", USUAL) == 0


@pytest.mark.parametrize(
    ("charset", "sent", "meant"),
    [
        ("latin-1", "a\\C2D4C\\\xbf\\C2842\\b", "aПb"),
        ("latin-1", "\\C2D46\\\xe1", "\u03b1"),
        ("ascii", "\\M2442\\;3ED\\C2842\\ Taro", "山田 Taro"),
        ("latin-1", "\\M242943\\\xb1\xe8", "김"),
        ("utf-8", "\\M2442\\é", "é"),
        ("utf-8", "\\C9999\\é", "\\C9999\\é"),
    ],
    ids=["cyrillic", "greek", "kanji", "hangul", "not-of-the-set", "unknown-set"],
)
def test_switch_of_the_character_set_holds_for_the_rest(
    charset: str, sent: str, meant: str
) -> None:
    assert decode(sent, Encoding(charset=charset)) == meant
