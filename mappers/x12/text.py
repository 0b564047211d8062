"""Values as X12 text: numbers in their shortest form, names in the plain character set."""

import unicodedata
from decimal import Decimal

from mappers.x12.tree import Simple

_REPLACED = {
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "ø": "o",
    "Ø": "O",
    "œ": "oe",
    "Œ": "OE",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2013": "-",
    "\u2014": "-",
    "\u2026": "...",
}


def decimal_text(value: Decimal) -> str:
    """Return a number in its shortest X12 form: `150`, `87.5`, `-0.5`, `0`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def plain(text: str) -> str:
    """Return the text in the X12 character set: accents to ASCII, blanks collapsed.

    Characters without a plain form become blanks. Delimiters are not touched: the writer knows
    them and refuses them.
    """
    replaced = "".join(_REPLACED.get(one, one) for one in text)
    bare = unicodedata.normalize("NFKD", replaced)
    kept = (one for one in bare if not unicodedata.combining(one))
    return " ".join("".join(one if " " <= one <= "~" else " " for one in kept).split())


def simple_text(value: Simple) -> str:
    """Return a simple value as text; None is the empty text."""
    if value is None:
        return ""
    return decimal_text(value) if isinstance(value, Decimal) else str(value)
