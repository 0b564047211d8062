"""What R4 searches shall find among the official examples, judged without the product.

Values come from fhirpathpy; whether a value meets a criterion is decided here in the plainest way.
Each parameter with any value yields cases: a query and the ids it finds.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import cast

import fhirpathpy
from fhirpathpy.models import models

from profiles.definition import SearchParameter

Json = str | int | float | bool | None | Mapping[str, "Json"] | Sequence["Json"]
Tree = Mapping[str, Json]
Evaluate = Callable[[Tree], list[Json]]
MOST_PROBES = 3
CONTACTS = ("phone", "fax", "email", "pager", "url", "sms", "other")
DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(.*))?)?)?")
START, END = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One search of a type and the ids it shall find."""

    type: str
    parameter: str
    value: str
    ids: frozenset[str]


@dataclass(frozen=True)
class Valued:
    """A resource with the values of one parameter."""

    id: str
    values: tuple[Json, ...]


def cases_of(parameter: SearchParameter, type: str, resources: Sequence[Tree]) -> Iterator[Case]:
    """Yield the cases of one parameter over all examples of its type."""
    valued = evaluate(parameter, type, resources)
    probe, meets = RULES[parameter.type]
    probes = dict.fromkeys(text for one in valued for value in one.values for text in probe(value))
    texts = list(probes)
    for text in dict.fromkeys([*texts[: MOST_PROBES - 1], *texts[-1:]]):
        found = {one.id for one in valued if any(meets(value, text) for value in one.values)}
        yield Case(type, parameter.code, escaped(text, parameter.type), frozenset(found))


def evaluate(parameter: SearchParameter, type: str, resources: Sequence[Tree]) -> list[Valued]:
    """Return the resources with the values of a parameter; dead is a value even when not."""
    expression = (parameter.expression or "").replace("Resource.", f"{type}.")
    # fhirpathpy's `as` takes no lists, and it resolves nothing
    expression = re.sub(r"\(([\w.]+) as (\w+)\)", r"\1.ofType(\2)", expression)
    expression = expression.replace(".as(", ".ofType(")
    expression = re.sub(r"where\(resolve\(\) is (\w+)\)", r"where(points('\1'))", expression)
    expression = re.sub(r"points\('(\w+)'\)", r"reference.matches('(^|.*/)\1/.*')", expression)
    read = compiled(expression)
    return [Valued(str(one["id"]), tuple(read(one))) for one in resources]


@cache
def compiled(expression: str) -> Evaluate:
    """Return what evaluates an expression."""
    return cast("Evaluate", fhirpathpy.compile(expression, models["r4"]))


def number(value: Json) -> Decimal:
    return Decimal(str(value))


def escaped(text: str, type: str) -> str:
    text = text.replace("\\", "\\\\").replace(",", "\\,").replace("$", "\\$")
    return text if type in {"token", "quantity"} else text.replace("|", "\\|")


def token_probe(value: Json) -> Iterator[str]:
    for system, code in tokens(value):
        bare = isinstance(value, str | bool)
        if code:
            yield code if bare else f"{(system or '')}|{code}".replace("\\", "")
            yield code
        if system and not bare:
            yield f"{system}|"


def tokens(value: Json) -> Iterator[tuple[str | None, str]]:
    """Yield system and code of what a token parameter may look at."""
    if isinstance(value, bool):
        yield None, str(value).lower()
    elif isinstance(value, str):
        yield None, value
    elif isinstance(value, Mapping):
        codings = value.get("coding")
        for coding in codings if isinstance(codings, list) else ():
            yield from tokens(coding)
        code = value.get("code", value.get("value"))
        if isinstance(code, str) or (code is None and value.get("system")):
            system = value.get("system")
            yield system if isinstance(system, str) else None, str(code or "")


def token_meets(value: Json, text: str) -> bool:
    system, bar, code = text.rpartition("|")
    for own_system, own_code in tokens(value):
        identifies = isinstance(value, Mapping) and "value" in value and not is_contact(value)
        same = own_code == code if identifies else own_code.lower() == code.lower()
        if not bar and same:
            return True
        if bar and (own_system or "") == system and (same or not code):
            return True
    return False


def is_contact(value: Mapping[str, Json]) -> bool:
    return value.get("system") in CONTACTS


def string_probe(value: Json) -> Iterator[str]:
    for text in strings(value):
        words = text.split()
        yield text[:40].strip()
        if words:
            yield words[0].upper()


def strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key in ("text", "family", "given", "prefix", "suffix", "line", "city", "district"):
            yield from parts(value.get(key))
        for key in ("state", "postalCode", "country"):
            yield from parts(value.get(key))
        given = " ".join(parts(value.get("given")))
        yield f"{given} {value.get('family', '')}"


def parts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))


def string_meets(value: Json, text: str) -> bool:
    return any(plain(one).startswith(plain(text)) for one in strings(value))


def plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.lower())
    return re.sub(r"\s+", " ", re.sub("[\u0300-\u036f]", "", letters)).strip()


def uri_probe(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value


def uri_meets(value: Json, text: str) -> bool:
    return isinstance(value, str) and text in {value, value.split("|")[0]}


def reference_probe(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        if not value.startswith("#"):
            yield value
    elif isinstance(value, Mapping):
        reference = value.get("reference")
        if isinstance(reference, str) and not reference.startswith("#"):
            yield reference
        if "resourceType" in value and "id" in value:
            yield f"{value['resourceType']}/{value['id']}"


def reference_meets(value: Json, text: str) -> bool:
    own = set(reference_probe(value))
    return text in own | {one.split("|")[0] for one in own} | {
        one.split("/_history")[0] for one in own
    }


def date_probe(value: Json) -> Iterator[str]:
    span = span_of(value)
    if span is None:
        return
    low, high = span
    if low > START:
        yield f"{low.year:04}"
        yield f"ge{low:%Y-%m-%d}"
        yield f"sa{low.year - 1:04}-06"
    if high < END:
        yield f"le{high.year:04}"
        yield f"lt{high:%Y-%m-%dT%H:%M:%S}Z"


def date_meets(value: Json, text: str) -> bool:
    prefix, date = (text[:2], text[2:]) if text[0].isalpha() else ("eq", text)
    own, asked = span_of(value), span_of(date)
    if own is None or asked is None:
        return False
    within = asked[0] <= own[0] and own[1] <= asked[1]
    return {
        "eq": within,
        "ge": own[1] > asked[1] or within,
        "le": own[0] < asked[0] or within,
        "lt": own[0] < asked[0],
        "sa": own[0] > asked[1],
    }[prefix]


def span_of(value: Json) -> tuple[datetime, datetime] | None:
    """Return the first and last moment, the last to the microsecond."""
    if isinstance(value, str):
        match = DATE.fullmatch(value)
        return moments(match) if match else None
    if not isinstance(value, Mapping):
        return None
    repeat = value.get("repeat")
    if "event" in value or repeat:
        events = value.get("event", [])
        spans = [span_of(event) for event in events] if isinstance(events, list) else []
        if isinstance(repeat, Mapping):
            spans.append(span_of(repeat.get("boundsPeriod")))
        known = [span for span in spans if span]
        return (min(a for a, _ in known), max(b for _, b in known)) if known else None
    if "start" not in value and "end" not in value:
        return None
    first, last = span_of(value.get("start")), span_of(value.get("end"))
    return (first[0] if first else START, last[1] if last else END)


def moments(match: re.Match[str]) -> tuple[datetime, datetime]:
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    offset = UTC
    if zone and zone != "Z":
        shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
        offset = timezone(-shift if zone[0] == "-" else shift)
    low = datetime(int(year), int(month or 1), int(day or 1), tzinfo=offset)
    low += timedelta(hours=int(hour or 0), minutes=int(minute or 0), seconds=int(second or 0))
    if month is None:
        high = low.replace(year=low.year + 1)
    elif day is None:
        high = (low + timedelta(days=31)).replace(day=1)
    elif hour is None:
        high = low + timedelta(days=1)
    elif second is None:
        high = low + timedelta(minutes=1)
    elif fraction is None:
        high = low + timedelta(seconds=1)
    else:
        low += timedelta(seconds=float(fraction))
        high = low + timedelta(seconds=10.0 ** (1 - len(fraction)))
    return low, high - timedelta(microseconds=1)


def number_probe(value: Json) -> Iterator[str]:
    for low, _ in ranges(value):
        if low is not None:
            yield str(low)
            yield f"ge{low}"
            yield f"lt{low}"


def quantity_probe(value: Json) -> Iterator[str]:
    yield from number_probe(value)
    for low, _ in ranges(value):
        for unit in units(value):
            yield f"{low}||{unit}"


def ranges(value: Json) -> Iterator[tuple[Decimal | None, Decimal | None]]:
    """Yield lowest and highest number; None where the range is open."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        yield Decimal(str(value)), Decimal(str(value))
    elif isinstance(value, Mapping) and ("low" in value or "high" in value):
        low, high = value.get("low"), value.get("high")
        yield amount(low), amount(high)
    elif isinstance(value, Mapping) and "origin" in value:
        data = [Decimal(one) for one in str(value["data"]).split() if re.fullmatch(r"-?\d+", one)]
        origin, factor = amount(value["origin"]), Decimal(str(value.get("factor", 1)))
        if origin is not None:
            yield origin + min(data) * factor, origin + max(data) * factor
    elif isinstance(value, Mapping) and amount(value) is not None:
        comparator = str(value.get("comparator", ""))
        yield (
            None if comparator.startswith("<") else amount(value),
            None if comparator.startswith(">") else amount(value),
        )


def amount(value: Json) -> Decimal | None:
    number = value.get("value") if isinstance(value, Mapping) else None
    return None if number is None else Decimal(str(number))


def units(value: Json) -> set[str]:
    if not isinstance(value, Mapping):
        return set()
    places = [value, value.get("low"), value.get("high"), value.get("origin")]
    found = (one.get(key) for one in places if isinstance(one, Mapping) for key in UNITS)
    return {str(one) for one in found if one}


UNITS = ("code", "unit", "currency")


def number_meets(value: Json, text: str) -> bool:
    asked, _, unit = text.partition("||")
    if unit and unit not in units(value):
        return False
    prefix, asked = (asked[:2], asked[2:]) if asked[0].isalpha() else ("eq", asked)
    number = Decimal(asked)
    for low, high in ranges(value):
        half = Decimal(1).scaleb(int(number.as_tuple().exponent)) / 2
        closed = low is not None and high is not None
        results = {
            "eq": closed and number - half <= (low or 0) and (high or 0) < number + half,
            "ge": high is None or high >= number,
            "lt": low is None or low < number,
        }
        if results[prefix]:
            return True
    return False


Probe = Callable[[Json], Iterator[str]]
Meets = Callable[[Json, str], bool]
RULES: Mapping[str, tuple[Probe, Meets]] = {
    "token": (token_probe, token_meets),
    "string": (string_probe, string_meets),
    "uri": (uri_probe, uri_meets),
    "reference": (reference_probe, reference_meets),
    "date": (date_probe, date_meets),
    "number": (number_probe, number_meets),
    "quantity": (quantity_probe, number_meets),
}


def read(line: bytes) -> Tree:
    """Return an example as the evaluator takes it, numbers exact."""
    return cast("Tree", json.loads(line, parse_float=Decimal))
