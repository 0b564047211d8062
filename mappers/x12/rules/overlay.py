"""A partner's own rules (SNIP 7) as data: rules turned off or graded anew, and checks added.

An overlay is the JSON or TOML a partner's configuration holds:

    name = "payer"
    [[change]]
    rule = "claim-number-length"
    severity = "error"            # or "off"
    [[check]]
    id = "payer-group-number"
    kinds = ["837P"]
    loop = "2000B"
    segment = "SBR"
    element = 3
    required = true
    message = "the payer asks for the group number"
    remedy = "send SBR03"
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from typing import Literal, TypeVar, cast

from mappers.x12.findings import Severity
from mappers.x12.lexer import Segment
from mappers.x12.rules.rule import ALWAYS, Hit, Rule, Test
from mappers.x12.rules.view import View

Grade = Literal["error", "warning", "information", "off"]
_GRADES = ("error", "warning", "information")
Data = Mapping[str, object]
_Row = TypeVar("_Row", "Change", "Check")


class NotAnOverlay(ValueError):
    """The data is no overlay; the text names the member that is wrong."""


@dataclass(frozen=True, slots=True)
class Change:
    """A rule of ours graded anew for a partner, or turned off."""

    rule: str
    severity: Grade


@dataclass(frozen=True, slots=True)
class Check:
    """One element a partner asks something of: its presence, lengths, form or codes.

    `form` is a regular expression of the whole value; `required` asks for the element where its
    segment stands (for the segment itself where `element` is 0); `absent` forbids it.
    """

    id: str
    kinds: tuple[str, ...]
    loop: str
    segment: str
    message: str
    remedy: str
    element: int = 0
    component: int | None = None
    qualifier: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    form: str = ""
    codes: tuple[str, ...] = ()
    required: bool = False
    absent: bool = False
    severity: Severity = "error"
    since: date = ALWAYS
    until: date | None = None
    status: str = "A7:21"

    def rule(self) -> Rule:
        """Return the rule of this check."""
        asks_segment = self.required and not self.element
        return Rule(
            self.id,
            self.kinds,
            self.loop,
            7,
            self.severity,
            self.message,
            self.remedy,
            _test(self),
            self.since,
            self.until,
            "" if asks_segment else self.segment,
            status=self.status,
            alone=() if asks_segment else (self.segment,),
        )


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a partner adds to our rules and changes in them."""

    name: str = ""
    changes: tuple[Change, ...] = ()
    checks: tuple[Check, ...] = ()

    def applied(self, rules: Iterable[Rule]) -> Iterator[Rule]:
        """Yield the rules as this partner wants them, then its own."""
        grades = {one.rule: one.severity for one in self.changes}
        for rule in rules:
            grade = grades.get(rule.id)
            if grade is None:
                yield rule
            elif grade != "off":
                yield replace(rule, severity=grade)
        for check in self.checks:
            yield check.rule()


NO_OVERLAY = Overlay()


def overlay(data: Data, known: Iterable[str] = ()) -> Overlay:
    """Return the overlay of parsed JSON or TOML. Raises NotAnOverlay.

    With `known` rule ids, a change of a rule there is not is refused.
    """
    strange = set(data) - {"name", "change", "check"}
    if strange:
        raise NotAnOverlay(f"{min(strange)}: not a member of an overlay")
    changes = tuple(_row(Change, one, f"change[{at}]") for at, one in _rows(data, "change"))
    checks = tuple(_row(Check, one, f"check[{at}]") for at, one in _rows(data, "check"))
    ids = frozenset(known)
    for at, change in enumerate(changes):
        if ids and change.rule not in ids:
            raise NotAnOverlay(f"change[{at}].rule: no rule has this id")
        if change.severity not in (*_GRADES, "off"):
            raise NotAnOverlay(f"change[{at}].severity: error, warning, information or off")
    for at, check in enumerate(checks):
        _judge_check(check, f"check[{at}]")
    return Overlay(str(data.get("name", "")), changes, checks)


def combined(parts: Iterable[Overlay]) -> Overlay:
    """Return the overlays of one partner as one; a later one wins."""
    several = tuple(parts)
    return Overlay(
        ", ".join(one.name for one in several if one.name),
        tuple(change for one in several for change in one.changes),
        tuple(check for one in several for check in one.checks),
    )


def parse_overlay(text: str, known: Iterable[str] = ()) -> Overlay:
    """Return the overlay of a TOML text. Raises NotAnOverlay."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotAnOverlay(f"not TOML: {error}") from None
    return overlay(data, known)


def _rows(data: Data, name: str) -> Iterator[tuple[int, Data]]:
    rows = data.get(name, ())
    if not isinstance(rows, list | tuple):
        raise NotAnOverlay(f"{name}: a list of rows is wanted")
    for at, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise NotAnOverlay(f"{name}[{at}]: a row of members is wanted")
        yield at, cast("Data", row)  # JSON and TOML name members by text alone


def _row(made: type[_Row], data: Data, place: str) -> _Row:
    known = {one.name: one for one in fields(made)}
    strange = set(data) - set(known)
    if strange:
        raise NotAnOverlay(f"{place}.{min(strange)}: not a member")
    values = {name: _value(str(known[name].type), data[name], f"{place}.{name}") for name in data}
    try:
        return made(**values)  # type: ignore[arg-type]  # each value was made for its field
    except TypeError:
        needed = [one.name for one in fields(made) if one.name not in data]
        raise NotAnOverlay(f"{place}: a member is missing, one of {', '.join(needed)}") from None


def _value(wanted: str, value: object, place: str) -> object:
    """Return a member as its field wants it. Raises NotAnOverlay."""
    if "tuple" in wanted and isinstance(value, list | tuple):
        return tuple(str(one) for one in value)
    if "date" in wanted:
        return _day(value, place)
    kinds = {"int": int, "bool": bool}
    kind = next((made for name, made in kinds.items() if name in wanted), str)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise NotAnOverlay(f"{place}: not of the right type")
    return value


def _day(value: object, place: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise NotAnOverlay(f"{place}: a day as 2026-01-31 is wanted") from None


def _judge_check(check: Check, place: str) -> None:
    if check.severity not in _GRADES:
        raise NotAnOverlay(f"{place}.severity: error, warning or information")
    try:
        re.compile(check.form)
    except re.error as error:
        raise NotAnOverlay(f"{place}.form: {error}") from None
    asks = (check.least, check.most, check.form, check.codes, check.required, check.absent)
    if not any(asks):
        raise NotAnOverlay(f"{place}: it asks nothing: least, most, form, codes, required, absent")
    if not (check.loop and check.segment):
        raise NotAnOverlay(f"{place}: loop and segment say what is judged")


def _test(check: Check) -> Test:
    def test(view: View) -> Iterator[Hit]:
        segments = [one for one in view.every(check.segment) if _is_meant(check, one)]
        if check.required and not check.element and not segments:
            yield Hit(view.opening, missing=check.segment)
        for segment in segments:
            if check.absent and not check.element:
                yield Hit(segment)
            elif check.element and _breaks(check, segment):
                yield Hit(segment, check.element, check.component)

    return test


def _is_meant(check: Check, segment: Segment) -> bool:
    return not check.qualifier or segment.element(1) in check.qualifier


def _breaks(check: Check, segment: Segment) -> bool:
    element, component = check.element, check.component
    value = segment.component(element, component) if component else segment.element(element)
    if not value:
        return check.required
    return bool(
        check.absent
        or len(value) < check.least
        or (check.most and len(value) > check.most)
        or (check.codes and value not in check.codes)
        or (check.form and not _form(check.form).fullmatch(value))
    )


@lru_cache(maxsize=256)
def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
