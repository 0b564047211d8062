"""A narrative is static markup; everything that could act is refused."""

import pytest

from fhir_server.validation.narrative import is_safe_narrative


def div(content: str) -> str:
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{content}</div>'


@pytest.mark.parametrize(
    "text",
    [
        div("plain text"),
        div(""),
        div("<p>a <b>b</b><br/></p><table class='x'><tr><td colspan='2'>c</td></tr></table>"),
        div("a&nbsp;b &amp; c &lt; d &#160; &eacute; &apos;"),
        div("<!-- a comment -->text"),
        div('<a href="https://example.org">x</a><a href="#x">y</a><a href="Patient/1">z</a>'),
        div('<a href="page.html">x</a><a name="here">y</a>'),
        div('<img src="data:image/png;base64,AAAA" alt="x"/>'),
        div('<p style="color: red; width: 10px" title="a > b">x</p>'),
        '  <div xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">x</div>\n',
    ],
)
def test_static_markup_is_safe(text: str) -> None:
    assert is_safe_narrative(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text",
        "<div>no namespace</div>",
        '<p xmlns="http://www.w3.org/1999/xhtml">no div</p>',
        div("<p>not closed"),
        div("a") + div("b"),
        div("a & b"),
        div("&unknown;"),
        div("\x01"),
    ],
)
def test_what_is_no_xhtml_div_is_refused(text: str) -> None:
    assert not is_safe_narrative(text)


@pytest.mark.parametrize(
    "text",
    [
        div("<script>alert(1)</script>"),
        div("<style>p {}</style>"),
        div("<iframe src='x.html'/>"),
        div("<object data='x'/>"),
        div("<embed src='x'/>"),
        div("<form action='x'><input/></form>"),
        div("<link rel='stylesheet' href='x'/>"),
        div("<base href='x'/>"),
        div("<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>"),
        div("<x:script xmlns:x='http://www.w3.org/1999/xhtml'>1</x:script>"),
        div("<p onclick='x'>a</p>"),
        div("<p style='background: url(x)'>a</p>"),
        div("<p style='width: expression(1)'>a</p>"),
        div(r"<p style='\65xpression(1)'>a</p>"),
        div("<a href='javascript:x'>a</a>"),
        div("<a href=' JavaScript:x'>a</a>"),
        div("<a href='java&#115;cript:x'>a</a>"),
        div("<a href='java&#10;script:x'>a</a>"),
        div("<a href='javascript&colon;x'>a</a>"),
        div("<a href='vbscript:x'>a</a>"),
        div("<a href='data:text/html,x'>a</a>"),
        div("<img src='data:image/svg+xml,x'/>"),
        div("<![CDATA[><img src=x onerror=alert(1)>]]>"),
        div("<!--> <img src='x'/> -->"),
        div("<?php x ?>a"),
        '<?xml version="1.0"?>' + div("a"),
        '<?xml version="1.0" encoding="utf-7"?>' + div("a"),
        '<!DOCTYPE div [<!ENTITY a "b">]>' + div("&a;"),
        '<!DOCTYPE div SYSTEM "file:///etc/passwd">' + div("a"),
    ],
)
def test_what_could_act_is_refused(text: str) -> None:
    assert not is_safe_narrative(text)


def test_entities_cannot_explode() -> None:
    levels = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    assert not is_safe_narrative(f'<!DOCTYPE div [<!ENTITY e0 "x">{levels}]>' + div("&e9;"))
