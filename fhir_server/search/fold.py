"""Text as it is compared where case and accents do not count."""

import unicodedata

KEPT = frozenset({7, 8, 9})
"""Combining classes of marks that make another letter: nukta, kana voicing, virama."""
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "\u0131": "i", "æ": "ae", "œ": "oe"}
)
"""Letters with a stroke or joined, which Unicode does not take apart."""


def fold(text: str) -> str:
    """Return a text without case, accents, width of characters and runs of white space."""
    if text.isascii():
        return " ".join(text.casefold().split())
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(one for one in decomposed if _stays(one))
    # casefolding may take letters apart again, and a syllable shall not begin another
    folded = unicodedata.normalize("NFKC", bare.casefold().translate(LETTERS))
    return " ".join(folded.split())


def _stays(character: str) -> bool:
    mark = unicodedata.combining(character)
    return not mark or mark in KEPT
