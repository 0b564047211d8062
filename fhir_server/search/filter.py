"""`_filter`: conditions in one expression, with and, or, not and parentheses.

Source: https://hl7.org/fhir/R4/search_filter.html. Values are never case sensitive. A path may be
a chain (`subject.name co "pet"`), begin with `_has`, and hold conditions on what it leads to
(`subject[gender eq female].name co "pet"`: one resource meets both). `ne` of what has no order
is that no item is equal, like the modifier `:not`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from fhir_server.outcome import BadRequest, TooComplex
from fhir_server.search.chain import HAS, Leaf, Names
from fhir_server.search.filter_text import Compared, Expression, Joined, Negated, Step, parse_filter
from fhir_server.search.filter_value import Ending, Whole
from fhir_server.search.fold import fold
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter
from fhir_server.search.query import Criterion, Indexed, Not, Some, Updated, all_of
from fhir_server.search.types.date import Dates
from fhir_server.search.types.string import PASSAGE

ORDERED = ("date", "number", "quantity")
RANK = 2
"""Rank of a text, as of other texts."""


def read_filter(text: str, type: str, names: Names) -> Criterion:
    """Return the criterion of a `_filter` on resources of a type.

    Raises what the names and values in it raise, and BadRequest, all telling the position.
    """
    limit = names.options.filter_limit
    if len(text) > limit:
        raise TooComplex.of(f"_filter takes at most {limit} characters", "search_filter_limit")
    return _Filter(names.leaf).criterion(parse_filter(text), type, names)


@dataclass(frozen=True, slots=True)
class _Filter:
    """Makes criteria of expressions; `read` is what reads parameters outside of a filter."""

    read: Leaf

    def criterion(self, expression: Expression, type: str, names: Names) -> Criterion:
        match expression:
            case Joined(word="and"):
                parts = (self.criterion(one, type, names) for one in expression.parts)
                return all_of(tuple(parts))
            case Joined():
                return Some(tuple(self.criterion(one, type, names) for one in expression.parts))
            case Negated():
                return Not(self.criterion(expression.part, type, names))
            case Compared():
                return self._compared(expression, type, names)

    def _compared(self, compared: Compared, type: str, names: Names) -> Criterion:
        leaf = partial(self._leaf, compared.operator)
        try:
            return self._along(compared.steps, compared.value, type, replace(names, leaf=leaf))
        except BadRequest as error:
            if "_filter" in str(error):
                raise
            told = f"{error}; in the _filter at character {compared.at}"
            raise error.__class__(told) from error

    def _along(self, steps: tuple[Step, ...], value: str, type: str, names: Names) -> Criterion:
        head, further = steps[0], steps[1:]
        plain = all(step.condition is None for step in steps)
        if plain or head.name.startswith(HAS):
            if not plain:
                raise BadRequest("brackets cannot follow _has")
            return names.criterion(type, ".".join(step.name for step in steps), value)

        def led(type: str, names: Names) -> Criterion:
            rest = self._along(further, value, type, names)
            if head.condition is None:
                return rest
            outside = replace(names, leaf=self.read)
            return all_of((self.criterion(head.condition, type, outside), rest))

        return names.led(type, head.name, led, further[0].name)

    def _leaf(
        self,
        operator: str,
        parameter: Parameter,
        modifier: str | None,
        value: str,
        options: Options,
    ) -> Criterion:
        if modifier is not None:
            raise BadRequest(f"{parameter.code} takes no modifier in a _filter")
        asked = Asked(self.read, parameter, value, options)
        if parameter.type in ORDERED and operator in PREFIXES:
            return asked.reading(None, operator)
        types, read = OPERATIONS.get(operator, ((), _refused))
        if types and parameter.type not in types:
            return _refused(asked, operator)
        return read(asked, operator)


@dataclass(frozen=True, slots=True)
class Asked:
    """A parameter and the value it is compared with."""

    read: Leaf
    parameter: Parameter
    value: str
    options: Options

    def reading(self, modifier: str | None, prefix: str = "") -> Criterion:
        """Return the criterion of the value, taken as one, outside of a filter."""
        value = self.value.replace("\\", "\\\\").replace(",", "\\,").replace("$", "\\$")
        return self.read(self.parameter, modifier, prefix + value, self.options)

    @property
    def folded(self) -> str:
        """The value as texts are compared. Raises BadRequest beyond what is compared whole."""
        folded = fold(self.value)
        if len(folded) > PASSAGE:
            raise BadRequest(f"{self.parameter.code} takes at most {PASSAGE} characters here")
        return folded


PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb")
"""Operators that are prefixes of ordered values."""


def _refused(asked: Asked, operator: str) -> Criterion:
    raise BadRequest(
        f"{operator} does not go with {asked.parameter.code}, a {asked.parameter.type}"
    )


def _equal(asked: Asked, operator: str) -> Criterion:
    del operator
    if asked.parameter.type != "string":
        return asked.reading(None)
    value = Whole(asked.parameter.slot.own_key, asked.folded)
    return Indexed(asked.parameter.code, value, rank=RANK)


def _unequal(asked: Asked, operator: str) -> Criterion:
    return Not(_equal(asked, operator))


def _ends(asked: Asked, operator: str) -> Criterion:
    del operator
    slot = asked.parameter.slot
    value = Ending((slot.own_key, slot.variant("contains").own_key), asked.folded)
    return Indexed(asked.parameter.code, value, rank=RANK)


def _present(asked: Asked, operator: str) -> Criterion:
    del operator
    if asked.value not in {"true", "false"}:
        raise BadRequest(f"{asked.parameter.code} pr takes true or false")
    missing = "false" if asked.value == "true" else "true"
    return asked.read(asked.parameter, "missing", missing, asked.options)


def _overlaps(asked: Asked, operator: str) -> Criterion:
    """Return the criterion that a stored period and that of the value have an instant in common."""
    found = asked.reading(None, "eq")
    if isinstance(found, Updated):
        return Updated(tuple(replace(one, prefix="ap") for one in found.comparisons))
    if not (isinstance(found, Indexed) and isinstance(found.value, Dates)):
        return _refused(asked, operator)
    meeting = tuple(replace(one, prefix="ap") for one in found.value.comparisons)
    return replace(found, value=replace(found.value, comparisons=meeting))


def _modified(asked: Asked, operator: str) -> Criterion:
    return asked.reading(MODIFIERS[operator])


MODIFIERS: Mapping[str, str | None] = {
    "co": "contains",
    "sw": None,
    "ss": "below",
    "sb": "above",
    "in": "in",
    "ni": "not-in",
    "re": None,
}
"""The modifier of a parameter that means the same as an operator."""
OPERATIONS: Mapping[str, tuple[tuple[str, ...], Callable[[Asked, str], Criterion]]] = {
    "eq": ((), _equal),
    "ne": ((), _unequal),
    "co": (("string",), _modified),
    "sw": (("string",), _modified),
    "ew": (("string",), _ends),
    "pr": ((), _present),
    "po": (("date",), _overlaps),
    "ss": (("token", "uri"), _modified),
    "sb": (("token", "uri"), _modified),
    "in": (("token",), _modified),
    "ni": (("token",), _modified),
    "re": (("reference",), _modified),
}
"""For each operator the types of parameters it goes with (none: all) and how it is read."""
