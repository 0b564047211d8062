"""A document with its renditions, as papers carry it."""

from collections.abc import Mapping
from dataclasses import dataclass

from mappers.path import JsonObject

FORMS: Mapping[str, str] = {  # beginning of a content type: CAT02
    "text/plain": "TX",
    "text/": "HL",
    "application/xml": "HL",
    "application/hl7": "HL",
    "image/": "IA",
}


OTHER_FORM = "MB"


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one rendition of a document and their media type."""

    data: bytes
    type: str = ""

    @property
    def form(self) -> str:
        """CAT02 of the media type."""
        return next(
            (form for head, form in FORMS.items() if self.type.startswith(head)), OTHER_FORM
        )


@dataclass(frozen=True, slots=True)
class Paper:
    """A document and its renditions."""

    document: JsonObject
    contents: tuple[Content, ...]
