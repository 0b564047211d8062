r"""Escapes of search values: `\,` `\|` `\$` and `\\`.

Source: https://hl7.org/fhir/R4/search.html#escaping.
"""

import re

ESCAPE = re.compile(r"\\([\\,|$])")


def split(text: str, separator: str) -> list[str]:
    """Return the parts between separators that are not escaped; their escapes stay."""
    if separator not in text or "\\" not in text:
        return text.split(separator)
    parts = [""]
    for piece in re.split(rf"(\\.|{re.escape(separator)})", text, flags=re.DOTALL):
        if piece == separator:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def is_storable(text: str) -> bool:
    """Whether a text could be stored at all: a value that could not is no value of FHIR."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def unescape(text: str) -> str:
    """Return the text that was meant."""
    return ESCAPE.sub(r"\1", text) if "\\" in text else text
