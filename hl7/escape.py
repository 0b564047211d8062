r"""Escape sequences of HL7 v2 text, decoded once and encoded back (v2.5.1 chapter 2.7).

Besides the delimiters: `\.br\` and the other formatting commands of FT, `\Xdd..\` bytes in
hexadecimal, `\H\` and `\N\` highlighting, `\Cxxyy\` and `\Mxxyyzz\` switches of the character set
(ISO 2022), which hold for the rest of the leaf. What is no escape sequence stays as it stands, like
the local `\Zdd\`: senders write Windows paths and lone backslashes.
"""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_FORMATTING = re.compile(r"\.(?:(br|ce|fi|nf)|(sp|sk|in|ti)\s*([+-]?\d{0,3}))")
_HEX = re.compile(r"X([0-9A-Fa-f]*)")
_LOCAL = re.compile(r"Z[\x20-\x7e]*")
_SWITCH = re.compile(r"[CM]([0-9A-Fa-f]{4,6})")
SWITCHES = {
    "2842": "ascii",
    "284A": "ascii",
    "2949": "shift_jis",
    "2D41": "latin-1",
    "2D42": "iso8859-2",
    "2D43": "iso8859-3",
    "2D44": "iso8859-4",
    "2D46": "iso8859-7",
    "2D47": "iso8859-6",
    "2D48": "iso8859-8",
    "2D4C": "iso8859-5",
    "2D4D": "iso8859-9",
    "2442": "iso2022_jp",
    "242844": "iso2022_jp_2",
    "242943": "euc-kr",
    "242942": "gb2312",
}
"""Python codecs by the hexadecimal digits of an ISO 2022 escape sequence without its ESC."""
_DESIGNATED = {"2442": b"\x1b$B", "242844": b"\x1b$(D"}
_CODES = {"br": "\n", "ce": "\n", "fi": "", "nf": "", "in": "", "ti": ""}


@dataclass(frozen=True, slots=True)
class Encoding:
    """The field separator (MSH-1) and the encoding characters (MSH-2) of a message.

    An empty character is one the sender did not declare: it never splits anything.
    """

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = ""
    charset: str = "utf-8"
    special: re.Pattern[str] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the search for what makes a field more than one plain leaf."""
        object.__setattr__(self, "special", _special(self.characters))

    @property
    def characters(self) -> str:
        """The encoding characters as they stand in MSH-2."""
        return self.component + self.repetition + self.escape + self.subcomponent + self.truncation

    def delimiters(self) -> Iterator[tuple[str, str]]:
        """Yield each delimiter in use with its escape code, the escape character first."""
        pairs = (
            (self.escape, "E"),
            (self.field, "F"),
            (self.component, "S"),
            (self.subcomponent, "T"),
            (self.repetition, "R"),
            (self.truncation, "P"),
        )
        return (pair for pair in pairs if pair[0])


@lru_cache(maxsize=64)
def _special(characters: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(characters)}]" if characters else r"(?!)")


def decode(text: str, encoding: Encoding) -> str:
    """Return the text a leaf stands for, every escape sequence decoded once."""
    mark = encoding.escape
    if not mark or mark not in text:
        return text
    parts: list[str] = []
    position, switch = 0, ""
    while (start := text.find(mark, position)) >= 0:
        parts.append(_switched(text[position:start], switch, encoding))
        end = text.find(mark, start + 1)
        body = "" if end < 0 else text[start + 1 : end]
        turned = _SWITCH.fullmatch(body)
        meaning = None if end < 0 else _meaning(body, encoding)
        if turned and turned[1].upper() in SWITCHES:
            switch, position = turned[1].upper(), end + 1
        elif meaning is None:
            parts.append(mark)
            position = start + 1
        else:
            parts.append(meaning)
            position = end + 1
    parts.append(_switched(text[position:], switch, encoding))
    return "".join(parts)


def _switched(text: str, switch: str, encoding: Encoding) -> str:
    """Return text whose bytes are of another character set; as it stands where they are not."""
    if not switch or not text:
        return text
    try:
        raw = text.encode(encoding.charset)
        return (_DESIGNATED.get(switch, b"") + raw).decode(SWITCHES[switch])
    except UnicodeError:
        return text


def unknown_escapes(text: str, encoding: Encoding) -> int:
    """Count the escape characters that begin no known sequence (kept as plain text)."""
    count, position, mark = 0, 0, encoding.escape
    while mark and (start := text.find(mark, position)) >= 0:
        end = text.find(mark, start + 1)
        known = end >= 0 and _is_known(text[start + 1 : end], encoding)
        count += not known
        position = end + 1 if known else start + 1
    return count


def _is_known(body: str, encoding: Encoding) -> bool:
    local = _LOCAL.fullmatch(body) or _SWITCH.fullmatch(body)
    return local is not None or _meaning(body, encoding) is not None


def encode(text: str, encoding: Encoding) -> str:
    """Return the text with delimiters, line ends and control characters escaped."""
    mark = encoding.escape
    if not mark:
        return text
    codes = {ord(character): f"{mark}{code}{mark}" for character, code in encoding.delimiters()}
    codes[ord("\n")] = f"{mark}.br{mark}"
    for control in (0x0B, 0x0D, 0x1C):
        codes[control] = f"{mark}X{control:02X}{mark}"
    return text.translate(codes)


def _meaning(body: str, encoding: Encoding) -> str | None:
    for character, code in encoding.delimiters():
        if body == code:
            return character
    if body in {"H", "N"}:
        return ""
    if body == "P":
        return "#"
    if match := _FORMATTING.fullmatch(body):
        return _formatting(match)
    if match := _HEX.fullmatch(body):
        return _bytes(match[1], encoding.charset)
    return None


def _formatting(match: re.Match[str]) -> str:
    plain, counted, number = match[1], match[2], match[3]
    if plain:
        return _CODES[plain]
    if counted in _CODES:
        return _CODES[counted]
    count = abs(int(number)) if number.strip("+-") else 1
    return ("\n" if counted == "sp" else " ") * count


def _bytes(digits: str, charset: str) -> str | None:
    """Return the bytes as text in the character set; an odd run of digits is no sequence."""
    if not digits or len(digits) % 2:
        return None
    raw = bytes.fromhex(digits).replace(b"\0", b"")  # `000D` is a character of UTF-16
    try:
        return raw.decode(charset)
    except UnicodeDecodeError:
        return raw.decode("latin-1")
