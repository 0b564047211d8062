"""The narratives of an XML text, each as it was marked up.

Source: https://hl7.org/fhir/R4/json.html#xhtml. JSON holds a narrative as the text of its div. A
parser forgets how that was spelled (quotes, references, empty elements), so it is cut out of the
text it was read from.
"""

import re
from collections.abc import Iterator

from lxml import etree

from fhir_server.model.xml.shape import XHTML

_TOKEN = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rb"""|<(/?)((?:[^\s<>/:"'=]+:)?)div(?=[\s/>])((?:"[^"]*"|'[^']*'|[^"'>])*)>""",
    re.DOTALL,
)
_OWN_SPACE = re.compile(rb"""\sxmlns\s*=\s*["']""" + re.escape(XHTML.encode()) + rb"""["']""")


def cut_divs(text: bytes) -> Iterator[str | None]:
    """Yield the text of each outermost div in order; None for one that leans on its surroundings.

    The text is known to be well-formed. A div leans on its surroundings when its name has a
    prefix or its namespace is declared further out.
    """
    depth = start = 0
    is_own = False
    for token in _TOKEN.finditer(text):
        closing, prefix, rest = token.groups()
        if rest is None:
            continue
        if closing:
            depth -= 1
        elif depth == 0:
            start, is_own = token.start(), not prefix and _OWN_SPACE.search(rest) is not None
        is_empty = not closing and rest.endswith(b"/")
        depth += 0 if closing or is_empty else 1
        if depth == 0:
            yield text[start : token.end()].decode() if is_own else None


def spell_div(div: etree._Element) -> str:
    """Return the text of a div of xhtml by itself, its namespace declared on it."""
    return etree.tostring(_alone(div), encoding="unicode", with_tail=False)


def _alone(element: etree._Element) -> etree._Element:
    """Return a copy in which xhtml has no prefix and no other namespace is declared in vain."""
    spaces: dict[str | None, str] = {None: XHTML}
    copy = etree.Element(element.tag, nsmap=spaces)  # type: ignore[arg-type]  # None is its word for no prefix
    for name, value in element.items():
        copy.set(name, value)
    copy.text = element.text
    for child in element:
        inner = _alone(child)
        inner.tail = child.tail
        copy.append(inner)
    return copy
