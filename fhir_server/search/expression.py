"""Search expressions: the part of FHIRPath that R4 search parameters use, compiled to closures.

Paths, `as(T)`/`ofType(T)`/`(x as T)`, `where(member='text')`, `where(resolve() is T)`, `[n]` and
`|` (https://hl7.org/fhir/R4/searchparameter-registry.html). Each way an expression can be followed
through the definitions is one `Source`, whose values have one type known before any resource is
seen. `Patient-deceased`, the one expression outside this part, is written by hand.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from fhir_server.model.definition import find_element
from fhir_server.model.resource import JsonValue
from fhir_server.search.step import Deceased, Having, Members, Nth, RefersTo, Values
from profiles.definition import TypeOption
from profiles.loader import Definitions

Step = Callable[[Values], Values]
TOKEN = re.compile(r"\s*('[^']*'|[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[().|\[\]=])")
ROOTS = ("Resource", "DomainResource")
DECEASED = "Patient.deceased.exists() and Patient.deceased != false"
WHOLE = ""
"""Instead of a member's name: the source reads the whole resource, even when nothing is there."""


class ExpressionError(ValueError):
    """The expression is outside the part of FHIRPath that can be compiled.

    `position` is where reading stopped, in characters from the start.
    """

    position = 0


@dataclass(frozen=True)
class Source:
    """One way to the values of an expression, all of one type.

    `member` is the resource's own member it starts at (WHOLE: none), so that absent members cost
    nothing. `steps` lead from that member's value to the values. `type` is their R4 type; `codes`
    names the code list of a required binding; `single` says that there is at most one value;
    `path` are the names of the elements, the same for all types of one choice; `many` says that the
    member is a list.
    """

    member: str
    type: str
    steps: tuple[Step, ...] = ()
    codes: str | None = None
    targets: tuple[str, ...] = ()
    single: bool = True
    path: tuple[str, ...] = ()
    many: bool = False

    def values(self, member: JsonValue) -> Values:
        """Return the values below the value of `member`; nulls may be among them."""
        values: Values = member if isinstance(member, list) else (member,)
        for step in self.steps:
            values = step(values)
        return values


def compile_expression(
    expression: str, resource_type: str, definitions: Definitions
) -> tuple[Source, ...]:
    """Return the sources of an expression for resources of a type.

    Raises ExpressionError when it is not in the part that R4 search parameters use.
    """
    if expression == DECEASED:
        return (Source(WHOLE, "boolean", (Deceased(),)),)
    parser = _Parser(_tokens(expression), resource_type, definitions)
    try:
        sources = parser.union()
        parser.end()
    except ExpressionError as error:
        places = [token.start(1) for token in TOKEN.finditer(expression)]
        error.position = places[parser.last] if places else 0
        raise
    return tuple(sources)


def _tokens(expression: str) -> list[str]:
    tokens, end = [], 0
    while found := TOKEN.match(expression, end):
        tokens.append(found[1])
        end = found.end()
    if expression[end:].strip():
        error = ExpressionError(f"not a search expression: {expression}")
        error.position = end
        raise error
    return tokens


class _Parser:
    """Follows an expression through the definitions while reading it."""

    def __init__(self, tokens: list[str], resource_type: str, definitions: Definitions) -> None:
        self._tokens = tokens
        self._at = 0
        self._type = resource_type
        self._definitions = definitions

    @property
    def last(self) -> int:
        """The number of the token read last."""
        return max(self._at - 1, 0)

    def union(self) -> list[Source]:
        """Read alternatives joined by `|`."""
        sources = self._cast()
        while self._take("|"):
            sources += self._cast()
        return sources

    def end(self) -> None:
        """Refuse what is left over."""
        if self._at < len(self._tokens):
            raise ExpressionError(f"cannot be compiled from {self._tokens[self._at]!r}")

    def _cast(self) -> list[Source]:
        sources = self._path()
        if self._take("as"):
            sources = _of_type(sources, self._next())
        return sources

    def _path(self) -> list[Source]:
        if self._take("("):
            sources = self.union()
            self._expect(")")
        else:
            sources = self._root(self._next())
        while True:
            if self._take("."):
                sources = self._step(sources, self._next())
            elif self._take("["):
                place = self._index()
                sources = [_nth(source, place) for source in sources]
                self._expect("]")
            else:
                return sources

    def _index(self) -> int:
        text = self._next()
        if not text.isdecimal():
            raise ExpressionError(f"a number expected before {text!r}")
        return int(text)

    def _root(self, name: str) -> list[Source]:
        root = Source(WHOLE, self._type)
        if name == self._type or name in ROOTS:
            return [root]
        sources = list(self._member(root, name))
        if not sources:
            raise ExpressionError(f"{name} is neither {self._type} nor a member of it")
        return sources

    def _step(self, sources: list[Source], name: str) -> list[Source]:
        if not self._take("("):
            members = [found for source in sources for found in self._member(source, name)]
            if sources and not members:
                raise ExpressionError(f"{name} is no member of {sources[0].type}")
            return members
        if name in {"as", "ofType"}:
            found = _of_type(sources, self._next())
        elif name == "where":
            step = self._condition()
            found = [replace(one, steps=(*one.steps, step)) for one in sources]
        else:
            raise ExpressionError(f"the function {name} is not used by search parameters")
        self._expect(")")
        return found

    def _condition(self) -> Step:
        name = self._next()
        if name == "resolve":
            for word in ("(", ")", "is"):
                self._expect(word)
            return RefersTo(self._next())
        self._expect("=")
        return Having(name, self._next().strip("'"))

    def _member(self, source: Source, name: str) -> Iterator[Source]:
        element = find_element(self._definitions, source.type, name)
        if element is None:
            return
        single = source.single and not element.repeats
        for option in element.types:
            made = _entered(source, option, many=element.repeats)
            yield replace(
                made,
                codes=element.codes,
                targets=option.targets,
                single=single,
                path=(*source.path, name),
            )

    def _take(self, token: str) -> bool:
        taken = self._at < len(self._tokens) and self._tokens[self._at] == token
        self._at += taken
        return taken

    def _next(self) -> str:
        if self._at == len(self._tokens):
            raise ExpressionError("ends in the middle")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise ExpressionError(f"{token!r} expected before {self._tokens[self._at - 1]!r}")


def _entered(source: Source, option: TypeOption, *, many: bool) -> Source:
    """Return the source one member further down."""
    if source.member == WHOLE and not source.steps:
        return Source(option.key, option.type, many=many)
    step = Members(option.key, many)
    return replace(source, type=option.type, steps=(*source.steps, step))


def _of_type(sources: list[Source], type: str) -> list[Source]:
    # R4 writes DateTime once where it means the primitive
    return [source for source in sources if source.type in {type, type[:1].lower() + type[1:]}]


def _nth(source: Source, index: int) -> Source:
    return replace(source, steps=(*source.steps, Nth(index)), single=True)
