r"""Escape sequences of HL7 v2 text, decoded once and encoded back (v2.5.1 chapter 2.7).

Besides the delimiters: `\.br\` and the other formatting commands of FT, `\Xdd..\` bytes in
hexadecimal, `\H\` and `\N\` highlighting. What is no escape sequence stays as it stands: senders
write Windows paths and lone backslashes.
"""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_FORMATTING = re.compile(r"\.(?:(br|ce|fi|nf)|(sp|sk|in|ti)\s*([+-]?\d{0,3}))")
_HEX = re.compile(r"X([0-9A-Fa-f]*)")
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
    position = 0
    while (start := text.find(mark, position)) >= 0:
        parts.append(text[position:start])
        end = text.find(mark, start + 1)
        meaning = None if end < 0 else _meaning(text[start + 1 : end], encoding)
        if meaning is None:
            parts.append(mark)
            position = start + 1
        else:
            parts.append(meaning)
            position = end + 1
    parts.append(text[position:])
    return "".join(parts)


def unknown_escapes(text: str, encoding: Encoding) -> int:
    """Count the escape characters that begin no known sequence (kept as plain text)."""
    count, position, mark = 0, 0, encoding.escape
    while mark and (start := text.find(mark, position)) >= 0:
        end = text.find(mark, start + 1)
        known = end >= 0 and _meaning(text[start + 1 : end], encoding) is not None
        count += not known
        position = end + 1 if known else start + 1
    return count


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
    raw = bytes.fromhex(digits)
    try:
        return raw.decode(charset)
    except UnicodeDecodeError:
        return raw.decode("latin-1")
