"""Ways to spoil a good body: bytes, JSON values, XML markup; the same for the same seed."""

import json
import random
import re
from collections.abc import Callable

ODD: tuple[object, ...] = (
    *(None, True, 0, -1, 1e30, "", " ", "\x00", "é\U0001f600", [], {}, [None], {"x": None}),
    *("Patient?x=1", "urn:uuid:1", "9" * 400, {"resourceType": "Patient"}, {"reference": 5}),
    *("2020-13-45", "../../x", "%00", 'W/"1"', [[[]]], [{}], {"extension": [{"url": "u"}]}),
)
KEYS = ("id", "meta", "_x", "extension", "contained", "x", "text", "resourceType", "_id")
NUMBERS = (b"1e999", b"-0", b"9" * 5000, b"1E-999", b"0.1e1", b"01", b"NaN", b"1" * 19, b"-")
SCRAPS = (b"\xff", b"\xc3", b"\x00", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\\ud800", b"\\u0000")
MARKUP = (
    *(b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b"&#xD800;", b"<![CDATA[x]]>", b"<!--"),
    *(b"<?pi x?>", b"<x/>", b"text", b"</", b'<id value="1"/>', b'<extension url=""/>', b"&nbsp;"),
    *(b'<div xmlns="http://www.w3.org/1999/xhtml"><script/></div>', b"<a:b/>", b'<text id=""/>'),
)


def mutate(value: object, chance: random.Random) -> object:
    """Return a copy of a JSON value with something in it replaced, dropped or doubled."""
    if chance.random() < 0.03:
        return chance.choice(ODD)
    if isinstance(value, dict):
        made = {key: mutate(one, chance) for key, one in value.items() if chance.random() > 0.02}
        if chance.random() < 0.05:
            made[chance.choice(KEYS)] = chance.choice(ODD)
        return made
    if isinstance(value, list):
        return [mutate(one, chance) for one in value for _ in range(chance.choice((1, 1, 1, 2)))]
    return value


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def flip(text: bytes, chance: random.Random) -> bytes:
    """Change some bytes."""
    made = bytearray(text)
    for _ in range(chance.choice((1, 1, 2, 5))):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def cut(text: bytes, chance: random.Random) -> bytes:
    """Leave out a piece, at the end or within."""
    start = chance.randrange(len(text))
    end = chance.choice((len(text), start + chance.randrange(1, 60)))
    return text[:start] + text[end:]


def scrap(text: bytes, chance: random.Random) -> bytes:
    """Put in what is not UTF-8, or not a character."""
    place = chance.randrange(len(text))
    return text[:place] + chance.choice(SCRAPS) + text[place:]


def numbers(text: bytes, chance: random.Random) -> bytes:
    """Put a strange number where a number or a text is."""
    found = [*re.finditer(rb'(?<=[:"])-?[0-9][0-9.]*(?=[,}\]"])', text)]
    if not found:
        return flip(text, chance)
    match = chance.choice(found)
    return text[: match.start()] + chance.choice(NUMBERS) + text[match.end() :]


def retype(text: bytes, chance: random.Random) -> bytes:
    """Give a resource the name of another type."""
    other = chance.choice((b"Patient", b"Nothing", b"Bundle", b"Parameters", b"Claim", b""))
    return re.sub(rb'"resourceType": ?"[A-Za-z]+"', b'"resourceType":"%s"' % other, text, count=1)


def double(text: bytes, chance: random.Random) -> bytes:
    """Give a member twice."""
    found = [*re.finditer(rb'"([A-Za-z_]+)": ?("[^"\\]*"|true|false|[0-9.]+)', text)]
    if not found:
        return flip(text, chance)
    match = chance.choice(found)
    return text[: match.end()] + b"," + match[0] + text[match.end() :]


def nest(text: bytes, chance: random.Random) -> bytes:
    """Nest a member deeply."""
    depth = chance.choice((10, 60, 64, 65, 300, 20_000))
    opening, closing = chance.choice(((b'{"extension":[', b"]}"), (b"[", b"]")))
    inner = opening * depth + closing * depth
    return text.rstrip()[:-1] + b',"extension":' + inner + b"}"


def markup(text: bytes, chance: random.Random) -> bytes:
    """Put markup where it does not belong."""
    found = [match.end() for match in re.finditer(rb">", text)]
    place = chance.choice(found)
    return text[:place] + chance.choice(MARKUP) + text[place:]


def attribute(text: bytes, chance: random.Random) -> bytes:
    """Give an element another attribute, namespace or value."""
    new = chance.choice(
        (b' x="1"', b' id=""', b' xmlns="urn:x"', b' value="&lt;"', b' xml:lang="e"')
    )
    found = [match.end() for match in re.finditer(rb"<[A-Za-z]+", text)]
    place = chance.choice(found)
    return text[:place] + new + text[place:]


def rename(text: bytes, chance: random.Random) -> bytes:
    """Give some elements other names, tags still matching."""
    names = sorted(set(re.findall(rb"<([A-Za-z]+)", text)))
    old, new = chance.choice(names), chance.choice((*names, b"nothing", b"resourceType", b"_id"))
    return re.sub(rb"(</?)%s(?=[\s/>])" % old, rb"\1%s" % new, text)


def stack(text: bytes, chance: random.Random) -> bytes:
    """Nest elements deeply, before the end of the root."""
    depth = chance.choice((10, 31, 32, 300, 5_000))
    place = text.rfind(b"</")
    inner = b'<extension url="u">' * depth + b"</extension>" * depth
    return text[:place] + inner + text[place:] if place > 0 else text


Spoil = Callable[[bytes, random.Random], bytes]
OF_JSON: tuple[Spoil, ...] = (flip, flip, cut, scrap, numbers, retype, double, nest)
OF_XML: tuple[Spoil, ...] = (flip, flip, cut, scrap, numbers, markup, attribute, rename, stack)
