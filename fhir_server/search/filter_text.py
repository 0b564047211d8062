"""The text of a `_filter`, read as an expression.

Source: https://hl7.org/fhir/R4/search_filter.html. `and` binds closer than `or`; parentheses and
`not (...)` as usual. Every error tells the position, counted in characters from 1.
"""

import json
import re
from dataclasses import dataclass

from fhir_server.outcome import BadRequest

NAME = re.compile(
    r"(?:_has:[A-Za-z]+:[A-Za-z0-9_\-]+:)*[A-Za-z_][A-Za-z0-9_\-]*(?::[A-Z][A-Za-z]+)?"
)
OPERATOR = re.compile(r"[A-Za-z]+")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
TOKEN = re.compile(r"[^\s\])\"][^\s\])]*")
SPACE = re.compile(r"\s*")
NOT = re.compile(r"not\s*(?=\()")
JOINS = {"and": re.compile(r"and(?=[\s(])"), "or": re.compile(r"or(?=[\s(])")}
ORDERING = frozenset({"gt", "lt", "ge", "le", "ap", "sa", "eb", "po"})
OPERATORS = ORDERING | {"eq", "ne", "co", "sw", "ew", "pr", "ss", "sb", "in", "ni", "re"}
NESTING = 32
"""Most parentheses and brackets within each other."""


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path, and in brackets what the resource it leads to has to meet."""

    name: str
    condition: "Expression | None" = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A path compared with a value; `at` is the position of the path."""

    steps: tuple[Step, ...]
    operator: str
    value: str
    at: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Expressions joined by `and` or by `or`."""

    word: str
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """An expression that shall not hold."""

    part: "Expression"


Expression = Compared | Joined | Negated


def parse_filter(text: str) -> Expression:
    """Return the expression of a `_filter`. Raises BadRequest, which tells the position."""
    reading = _Reading(text)
    found = reading.joined("or")
    reading.end()
    return found


class _Reading:
    """Reads from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def joined(self, word: str) -> Expression:
        """Read parts joined by `or`, or closer by `and`."""
        parts = [self._part(word)]
        while self._take(JOINS[word]):
            parts.append(self._part(word))
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def end(self) -> None:
        """Refuse what is left over."""
        self._take(SPACE)
        if self._at < len(self._text):
            raise self._expected("and, or, or the end")

    def _part(self, word: str) -> Expression:
        if word == "or":
            return self.joined("and")
        if self._take(NOT):
            return Negated(self._within("(", ")"))
        if self._next("("):
            return self._within("(", ")")
        return self._compared()

    def _within(self, opening: str, closing: str) -> Expression:
        self._expect(opening)
        self._depth += 1
        if self._depth > NESTING:
            raise BadRequest(f"_filter: more than {NESTING} levels at character {self._at}")
        found = self.joined("or")
        self._expect(closing)
        self._depth -= 1
        return found

    def _compared(self) -> Compared:
        self._take(SPACE)
        at = self._at + 1
        steps = [self._step()]
        while self._next("."):
            self._expect(".")
            steps.append(self._step())
        if steps[-1].condition is not None:
            raise self._expected("a dot and a parameter")
        self._take(SPACE)
        before = self._at
        operator = self._take(OPERATOR)
        if operator not in OPERATORS:
            self._at = before
            raise self._expected("an operator such as eq")
        return Compared(tuple(steps), operator, self._value(), at)

    def _step(self) -> Step:
        name = self._take(NAME)
        if not name:
            raise self._expected("a search parameter")
        return Step(name, self._within("[", "]") if self._next("[") else None)

    def _value(self) -> str:
        quoted = self._take(STRING)
        if quoted:
            return self._unquoted(quoted)
        token = self._take(TOKEN)
        if not token:
            raise self._expected("a value")
        return token

    def _unquoted(self, quoted: str) -> str:
        try:
            value = json.loads(quoted)
        except ValueError:
            raise self._expected("a JSON string before this") from None
        if not value:
            raise self._expected("a value before this")
        return str(value)

    def _next(self, mark: str) -> bool:
        """Whether a mark follows."""
        return self._text.startswith(mark, self._start())

    def _expect(self, mark: str) -> None:
        if not self._next(mark):
            raise self._expected(mark)
        self._take(SPACE)
        self._at += len(mark)

    def _take(self, pattern: re.Pattern[str]) -> str:
        """Return what comes next, spaces left out, if it is this; else nothing."""
        match = pattern.match(self._text, self._start())
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _expected(self, what: str) -> BadRequest:
        return BadRequest(f"_filter: {what} expected at character {self._start() + 1}")

    def _start(self) -> int:
        """Return where the next thing begins, behind spaces."""
        space = SPACE.match(self._text, self._at)
        return space.end() if space else self._at
