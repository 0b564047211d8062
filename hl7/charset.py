"""Character sets of MSH-18 (HL7 table 0211) and how bytes become text.

A wrong declaration must not lose a message: bytes that do not fit the declared set are read as
Windows-1252 or Latin-1, and the fact is reported.
"""

from dataclasses import dataclass

CODECS = {
    "": "utf-8",
    "ASCII": "ascii",
    "8859/1": "latin-1",
    "8859/2": "iso8859-2",
    "8859/3": "iso8859-3",
    "8859/4": "iso8859-4",
    "8859/5": "iso8859-5",
    "8859/6": "iso8859-6",
    "8859/7": "iso8859-7",
    "8859/8": "iso8859-8",
    "8859/9": "iso8859-9",
    "8859/15": "iso8859-15",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UNICODE UTF-16": "utf-16",
    "UNICODE UTF-32": "utf-32",
    "BIG-5": "big5",
    "CNS 11643-1992": "big5",
    "GB 18030-2000": "gb18030",
    "KS X 1001": "euc-kr",
    "ISO IR14": "iso2022_jp",
    "ISO IR87": "iso2022_jp",
    "ISO IR159": "iso2022_jp_2",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """Text with the codec that gave it, and whether that is the one declared."""

    text: str
    codec: str
    faithful: bool


def codec_of(declared: str) -> str | None:
    """Return the Python codec of an MSH-18 value, None for one we do not know."""
    return CODECS.get(declared.strip().upper().removeprefix("ISO ").replace("UTF8", "UTF-8"))


def read_bytes(data: bytes, declared: str) -> Reading:
    """Return the text of the bytes in the declared set, else in the first that can hold them."""
    codec = codec_of(declared) or CODECS.get(declared.strip().upper())
    for candidate in (codec, "utf-8"):
        if candidate is None:
            continue
        try:
            return Reading(data.decode(candidate), candidate, faithful=candidate == codec)
        except UnicodeDecodeError:
            continue
    return Reading(data.decode("latin-1"), "latin-1", faithful=False)
