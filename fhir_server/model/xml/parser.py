"""The one parser of XML: UTF-8 text to a tree, and nothing from outside that text.

No document type, so no entity but XML's own five; nothing is fetched; depth and the size of one
text are bounded by the library (`huge_tree` off), the whole by the limit of bodies.
"""

import re
from typing import Final

from lxml import etree

from fhir_server.model.codec import BYTE_ORDER_MARK
from fhir_server.outcome import Malformed, TooLarge

_ENCODING = re.compile(rb"""\s*<\?xml\b[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_UTF8: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
_DOCTYPE: Final = b"<!DOCTYPE"


def parse_xml(data: bytes, *, limit: int | None = None) -> etree._Element:
    """Return the root of an XML document of at most `limit` bytes; comments are left out.

    Raises TooLarge; Malformed for what is not well-formed, not UTF-8, or has a document type.
    """
    if limit is not None and len(data) > limit:
        raise TooLarge(f"the body has {len(data)} bytes, the limit is {limit}")
    text = data.removeprefix(BYTE_ORDER_MARK)
    check_text(text)
    try:
        return etree.fromstring(text, _parser())
    except etree.XMLSyntaxError as error:
        # the library's own words may quote the body
        line, column = error.position
        place = f"line {line}, column {column}"
        raise Malformed(f"the body is not well-formed XML: {place}") from None
    except (ValueError, UnicodeError):
        raise Malformed("the body is not well-formed XML") from None


def check_text(text: bytes) -> None:
    """Refuse what is not UTF-8 or has a document type, before any parser sees it."""
    declared = _ENCODING.match(text[:256])
    if declared is not None and declared[1].lower() not in _UTF8:
        raise Malformed("the body must be XML in UTF-8")
    if not text.isascii():
        try:
            text.decode()
        except UnicodeDecodeError:
            raise Malformed("the body is not valid UTF-8") from None
    if _DOCTYPE in text:
        raise Malformed("the body must not have a document type (DTD)", detail="document-type")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        collect_ids=False,
    )
