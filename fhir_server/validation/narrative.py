"""The xhtml of a Narrative: static markup only.

Source: https://hl7.org/fhir/R4/narrative.html#xhtml. No head, scripts, forms, frames, objects,
event attributes, external style sheets or active links. The parser reads no DTD and expands no
entity; only the names of HTML 4's character entities are let through. What an HTML parser would
read otherwise than an XML parser (CDATA, odd comments, later entities) is refused.
"""

import html.entities
import re
from collections.abc import Mapping
from xml.parsers import expat

XHTML = "http://www.w3.org/1999/xhtml"
ELEMENTS = frozenset(
    re.findall(
        r"\S+",
        """
        a abbr acronym address area b bdo big blockquote br caption center cite code col colgroup
        dd del dfn dir div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li map menu ol p pre q
        s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var
        """,
    )
)
ATTRIBUTES = frozenset(
    re.findall(
        r"\S+",
        """
        abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign
        char charoff charset cite class clear color cols colspan compact coords datetime dir face
        frame headers height href hreflang hspace id lang longdesc name noshade nowrap rel rev rows
        rowspan rules scope shape size span src start style summary tabindex title type usemap
        valign value vspace width xml:lang xml:space xmlns
        """,
    )
)
ENTITIES = frozenset({*html.entities.name2codepoint, "apos"})
LINKS = frozenset({"href", "src", "cite", "longdesc"})
SAFE_LINK = re.compile(
    r"\s*(?:https?:|mailto:|tel:|ftp:|urn:|cid:|data:image/(?!svg)|#|[^:\s]*(?:[/?#]|$))",
    re.IGNORECASE,
)
ACTIVE_STYLE = re.compile(
    r"expression\s*\(|url\s*\(|@import|javascript:|behavior\s*:|\\", re.IGNORECASE
)
ENTITY = re.compile(r"&(\w+)")
PLAIN = re.compile(rf'<div xmlns="{re.escape(XHTML)}">[^<>&\x00-\x08\x0b\x0c\x0e-\x1f]*</div>')


class _Unsafe(Exception):
    """The markup holds something a narrative must not."""


class _Reader:
    """Follows the parser and refuses what is not on the lists."""

    def __init__(self) -> None:
        self.is_inside = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Accept an element, which at the top must be a div of xhtml."""
        if not self.is_inside and (name != "div" or attributes.get("xmlns") != XHTML):
            raise _Unsafe
        if name not in ELEMENTS or not all(_is_safe(*pair) for pair in attributes.items()):
            raise _Unsafe
        self.is_inside = True


def is_safe_narrative(text: str) -> bool:
    """Whether the text is one xhtml div without active or external content."""
    if PLAIN.fullmatch(text):
        return True
    if not text.lstrip().startswith("<div") or not ENTITIES.issuperset(ENTITY.findall(text)):
        return False
    try:
        _parser().Parse(text, True)  # noqa: FBT003 - expat takes it by position
    except (expat.ExpatError, _Unsafe, UnicodeEncodeError):
        return False
    return True


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    # a foreign DTD that is never read makes HTML's named entities legal without expanding any
    parser.UseForeignDTD(True)  # noqa: FBT003 - expat takes it by position
    parser.StartElementHandler = _Reader().start
    parser.CommentHandler = _check_comment
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ProcessingInstructionHandler = _refuse
    parser.StartCdataSectionHandler = _refuse
    parser.ExternalEntityRefHandler = _leave_unread
    return parser


def _is_safe(name: str, value: str) -> bool:
    if name not in ATTRIBUTES:
        return name.startswith("xmlns:") and value == XHTML
    if name in LINKS:
        return SAFE_LINK.match(value) is not None
    return name != "style" or ACTIVE_STYLE.search(value) is None


def _check_comment(data: str) -> None:
    """Refuse a comment that ends earlier for an HTML parser than for an XML parser."""
    if data.startswith((">", "->")):
        raise _Unsafe


def _refuse(*_content: object) -> None:
    raise _Unsafe


def _leave_unread(*_reference: object) -> int:
    return 1
