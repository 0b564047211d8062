"""Run a table over a source: write the target, and trace what was written and what was not.

The engine knows neither HL7 v2 nor X12 nor FHIR. A source finds nodes by address, a target takes
values by address, transformations turn a node into a value; all three are given.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from mappers.codes import Code, CodeMap
from mappers.path import JsonObject, JsonTarget, JsonValue
from mappers.rule import AllOf, AnyOf, Empty, Is, Not, Rule, Table, Valued, When

N = TypeVar("N")
N_co = TypeVar("N_co", covariant=True)
C = TypeVar("C")


class Source(Protocol[N_co]):
    """Where values come from. `nodes` counts as reading, `texts` serves conditions only."""

    def nodes(self, path: str) -> Sequence[N_co]:
        """Return the nodes at the address, one a repetition, none when it is empty."""

    def texts(self, path: str) -> Sequence[str]:
        """Return the plain text of each node at the address."""


class Target(Protocol):
    """Where values go."""

    def put(self, path: str, value: JsonValue) -> bool:
        """Write the value; False where another value already stands."""


@dataclass(frozen=True, slots=True)
class Untranslated:
    """A code for which the map has no target: work for a person, never a guess."""

    source: str
    codes: str
    code: str


@dataclass(slots=True)
class Trace:
    """What one run did. `written` pairs source and target addresses.

    `overruled` are addresses whose value was not written since another rule came first,
    `missing` the source and target addresses of required rules that wrote nothing, `unwritten`
    those where a node was there but its transformation gave no value, `as_text` those whose value
    did not parse as its type and was kept as text.
    """

    written: list[tuple[str, str]] = field(default_factory=list)
    overruled: list[tuple[str, str]] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    unwritten: list[tuple[str, str]] = field(default_factory=list)
    untranslated: list[Untranslated] = field(default_factory=list)
    as_text: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Call(Generic[C]):
    """What a transformation may ask beside its node: the caller's context and the code map.

    Not frozen, as one is made for every value and frozen ones take thrice as long to make.
    """

    context: C
    rule: Rule
    code_map: CodeMap | None
    trace: Trace

    def translate(self, code: str) -> Code | None:
        """Translate by the rule's code map; a code without a target is traced."""
        if self.code_map is None or not code:
            return None
        found = self.code_map.translate(code)
        if found is None:
            self.trace.untranslated.append(Untranslated(self.rule.source, self.code_map.name, code))
        return found


Transformation = Callable[[N, Call[C]], JsonValue]


@dataclass(frozen=True, slots=True)
class Vocabulary(Generic[N, C]):
    """The named transformations and code maps which tables refer to."""

    transformations: Mapping[str, Transformation[N, C]]
    codes: Mapping[str, CodeMap]


def apply(
    table: Table, source: Source[N], vocabulary: Vocabulary[N, C], context: C
) -> tuple[JsonObject, Trace]:
    """Run the table into a new JSON tree; return it with the trace."""
    target = JsonTarget()
    return target.tree, run(table, source, target, vocabulary, context)


def run(
    table: Table,
    source: Source[N],
    target: Target,
    vocabulary: Vocabulary[N, C],
    context: C,
) -> Trace:
    """Run the table into the target, rule by rule in order."""
    trace = Trace()
    for rule in table.rules:
        if rule.when is not None and not holds(rule.when, source):
            continue
        if not rule.source:
            wrote = _constant(rule, target, trace)
        elif nodes := source.nodes(rule.source):
            call = Call(context, rule, vocabulary.codes[rule.codes] if rule.codes else None, trace)
            wrote = _copy(nodes, target, vocabulary.transformations[rule.using], call)
        else:
            wrote = False
        if rule.required and not wrote:
            trace.missing.append((rule.source, rule.target))
    return trace


def _constant(rule: Rule, target: Target, trace: Trace) -> bool:
    if target.put(rule.target, rule.constant):
        trace.written.append(("", rule.target))
    return True


def _copy(
    nodes: Sequence[N], target: Target, transform: Transformation[N, C], call: Call[C]
) -> bool:
    rule, trace, wrote = call.rule, call.trace, False
    for node in nodes:
        value = transform(node, call)
        if value is None:
            trace.unwritten.append((rule.source, rule.target))
            continue
        wrote = True
        done = trace.written if target.put(rule.target, value) else trace.overruled
        done.append((rule.source, rule.target))
        if "[]" not in rule.target:
            break
    return wrote


def holds(condition: When, source: Source[N]) -> bool:
    """Say whether the condition is true of the source."""
    match condition:
        case Is(path, values):
            return not set(values).isdisjoint(source.texts(path))
        case Valued(path):
            return any(source.texts(path))
        case Empty(path):
            return not any(source.texts(path))
        case Not(inner):
            return not holds(inner, source)
        case AllOf(parts):
            return all(holds(part, source) for part in parts)
        case AnyOf(parts):
            return any(holds(part, source) for part in parts)
