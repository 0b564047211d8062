"""Run a table backwards: from a FHIR resource to the fields of segments.

A rule that reads `PID-5` into `name[]` by `xpn` writes what is at `name[]` into PID-5 by the
writer of that name. Several rules may read into one list (identifiers of several fields): each
item goes to the first rule whose writer takes it, the narrow writers before those that take
anything, and to one field of a segment only. Conditions are asked of what is written already.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import zip_longest

from mappers.codes import CodeMap
from mappers.path import JsonObject, JsonValue, read
from mappers.rule import AllOf, AnyOf, Empty, Is, Not, Rule, Table, Valued, When
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.source import _parse as parse_field

SINGLE = frozenset(
    f"{name}-{number}"
    for name, numbers in (
        ("PID", (19, 20)),
        ("NK1", (2, 30)),
        ("PV1", (3, 4, 5, 6, 10, 11, 19, 42, 43, 50)),
        ("PV2", (1,)),
        ("ORC", (2, 3, 4)),
        ("OBR", (2, 3)),
        ("OBX", (21,)),
        ("SPM", (2, 30)),
        ("SCH", (1, 2, 4)),
        ("AIS", (3,)),
    )
    for number in numbers
)
"""Fields that do not repeat (v2.5.1): what is left over goes to the next rule of the element."""

Repetition = Sequence[Sequence[str]]
Fields = dict[int, list[Repetition]]


@dataclass(frozen=True, slots=True)
class BackCall:
    """What a writer may ask beside the value: the rule, its code map, and the receiver."""

    rule: Rule
    code_map: CodeMap | None
    feed: Feed
    zone: tzinfo | None

    def code_of(self, target: str, system: str = "") -> str:
        """Return the first code of the rule's map for a target, empty where it has none."""
        if self.code_map is None:
            return ""
        for row in self.code_map.rows:
            told = row.system or self.code_map.system
            if row.target == target and (not system or told in {"", system}):
                return row.code
        return target if self.code_map.keep_unknown else ""


Writer = Callable[[JsonValue, BackCall], Sequence[Repetition]]
"""Gives the repetitions of a field for one value; none where the value is not for the field."""


@dataclass(frozen=True, slots=True)
class Writers:
    """The writers by the name of the transformation they turn round, and the code maps.

    `broad` are those that take any value of their element: they come last. `halves` write a part
    of a field that others complete.
    """

    by_name: Mapping[str, Writer]
    broad: frozenset[str]
    halves: frozenset[str]
    codes: Mapping[str, CodeMap]


@dataclass(slots=True)
class Page:
    """Segments being written, one of each id, for one receiver."""

    feed: Feed
    zone: tzinfo | None = None
    segments: dict[str, Fields] = field(default_factory=dict)

    def put(self, path: str, *repetitions: Repetition) -> None:
        """Write a field as it is: `page.put("PV1-2", [["O"]])`."""
        name, number, _, _ = parse_field(path)
        self.segments.setdefault(name, {})[number] = list(repetitions)

    def text(self, path: str, text: str) -> None:
        """Write a field that is one plain leaf, unless it is empty."""
        if text:
            self.put(path, [[text]])

    def texts(self, path: str) -> list[str]:
        """Return the leaf of each repetition at the path, as conditions ask for it."""
        name, number, component, _ = parse_field(path)
        fields = self.segments.get(name, {})
        found = (_leaf(one, component) for one in fields.get(number, ()))
        return [text for text in found if text]


def _leaf(repetition: Repetition, component: int) -> str:
    if component > len(repetition) or not repetition[component - 1]:
        return ""
    return repetition[component - 1][0]


def run_back(table: Table, resource: JsonObject, page: Page, writers: Writers) -> None:
    """Write the fields of the table's segments from the resource."""
    taken: set[tuple[str, int]] = set()
    own: set[tuple[str, int]] = set()
    for broad in (False, True):
        for rule in table.rules:
            if not rule.source or (rule.using in writers.broad) is not broad:
                continue
            if rule.using not in writers.by_name or not _holds(rule.when, page):
                continue
            _write(rule, resource, page, writers, taken, own)


def _write(
    rule: Rule,
    resource: JsonObject,
    page: Page,
    writers: Writers,
    taken: set[tuple[str, int]],
    own: set[tuple[str, int]],
) -> None:
    name, number, _, _ = parse_field(rule.source)
    fields = page.segments.setdefault(name, {})
    if number in fields and (name, number) not in own:
        return
    several = rule.target.endswith("[]")
    single = f"{name}-{number}" in SINGLE
    half = rule.using in writers.halves
    if number in fields and not (several or half):
        return
    codes = writers.codes.get(rule.codes) if rule.codes else None
    call = BackCall(rule, codes, page.feed, page.zone)
    writer = writers.by_name[rule.using]
    for value in _values(rule.target, resource):
        if (name, id(value)) in taken:
            continue
        repetitions = [one for one in writer(value, call) if any(map(any, one))]
        if not repetitions:
            continue
        if half and fields.get(number):
            repetitions = [_completed(fields.pop(number)[0], repetitions[0])]
        fields.setdefault(number, []).extend(repetitions)
        own.add((name, number))
        taken.add((name, id(value)))
        if single or not several:
            return


def _completed(one: Repetition, other: Repetition) -> Repetition:
    """Return a repetition of the components of both; each has what the other lacks."""
    return [a if any(a) else b for a, b in zip_longest(one, other, fillvalue=())]


def _values(target: str, resource: JsonObject) -> Sequence[JsonValue]:
    return [resource] if target == "*" else read(resource, target)


def _holds(condition: When | None, page: Page) -> bool:
    match condition:
        case Is(path, values):
            found = any(text in values for text in page.texts(path))
        case Valued(path):
            found = bool(page.texts(path))
        case Empty(path):
            found = not page.texts(path)
        case Not(inner):
            found = not _holds(inner, page)
        case AllOf(parts):
            found = all(_holds(part, page) for part in parts)
        case AnyOf(parts):
            found = any(_holds(part, page) for part in parts)
        case None:
            found = True
    return found
