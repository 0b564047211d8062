"""Character sets of MSH-18 (HL7 table 0211) and how bytes become text.

A wrong declaration must not lose a message: bytes that do not fit the declared set are read as
Windows-1252 or Latin-1, and the fact is reported.
"""

import re
from dataclasses import dataclass

CODECS = {
    "": "utf-8",
    "ASCII": "ascii",
    "ISOIR6": "ascii",
    **{f"8859/{part}": f"iso8859-{part}" for part in range(2, 17) if part != 12},
    "8859/1": "latin-1",
    "ISOIR100": "latin-1",
    "ISOIR101": "iso8859-2",
    "ISOIR109": "iso8859-3",
    "ISOIR110": "iso8859-4",
    "ISOIR144": "iso8859-5",
    "ISOIR127": "iso8859-6",
    "ISOIR126": "iso8859-7",
    "ISOIR138": "iso8859-8",
    "ISOIR148": "iso8859-9",
    "ISOIR166": "iso8859-11",
    "UNICODE": "utf-8",
    "UNICODEUTF8": "utf-8",
    "UTF8": "utf-8",
    "ISOIR192": "utf-8",
    "UNICODEUTF16": "utf-16",
    "UNICODEUTF32": "utf-32",
    "WINDOWS1252": "cp1252",
    "CP1252": "cp1252",
    "BIG5": "big5",
    "CNS116431992": "big5",
    "GB180302000": "gb18030",
    "GB18030": "gb18030",
    "GBK": "gbk",
    "KSX1001": "euc-kr",
    "ISOIR149": "euc-kr",
    "ISOIR13": "shift_jis",
    "ISOIR14": "iso2022_jp",
    "ISOIR87": "iso2022_jp",
    "ISOIR159": "iso2022_jp_2",
    "SHIFTJIS": "shift_jis",
    "EUCJP": "euc_jp",
}
"""Python codecs by the codes of table 0211, and what senders write for them; see `_key`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Text with the codec that gave it, and whether that is the one declared."""

    text: str
    codec: str
    faithful: bool


def codec_of(declared: str) -> str | None:
    """Return the Python codec of an MSH-18 value, None for one we do not know."""
    return CODECS.get(_key(declared))


def _key(declared: str) -> str:
    """Return a name without case, blanks and dashes: `ISO-8859-1` and `8859/1` are one."""
    name = re.sub(r"[\s_-]", "", declared.upper())
    part = re.fullmatch(r"(?:ISO)?8859/?(\d{1,2})", name)
    return f"8859/{part[1]}" if part else name


def read_bytes(data: bytes, declared: str) -> Reading:
    """Return the text of the bytes in the declared set, else in the first that can hold them."""
    codec = codec_of(declared)
    for candidate in (codec, "utf-8"):
        if candidate is None:
            continue
        try:
            return Reading(data.decode(candidate), candidate, faithful=candidate == codec)
        except UnicodeDecodeError:
            continue
    return Reading(data.decode("latin-1"), "latin-1", faithful=False)
