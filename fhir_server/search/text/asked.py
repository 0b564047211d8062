"""What is asked of words: words and phrases, all of them, any of them, none of them.

    pain knee          both words
    pain OR ache       one of them
    pain -knee         the one without the other; also NOT knee
    "knee pain"        one behind the other
    diabet*            words that begin so
    (a OR b) c         grouped

A word that has punctuation within (`2093-3`, `mg/dL`) is a phrase of its parts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fhir_server.outcome import BadRequest
from fhir_server.search.text.document import Passage
from fhir_server.search.text.word import words_of

TOKEN = re.compile(r'\s*(?:(-?)"([^"]*)"(\*?)|([()])|(\S[^\s()"]*))')
MOST = 64
"""Most words and phrases of one question."""
DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words one behind the other, the last of which may be the beginning of one."""

    words: tuple[str, ...]
    begins: bool = False

    def holds(self, passages: Sequence[Passage]) -> bool:
        """Whether one of the passages has the words in this order."""
        return any(self._stands(passage) for passage in passages)

    def _stands(self, passage: Passage) -> bool:
        size, last = len(self.words), self.words[-1]
        for start in range(len(passage) - size + 1):
            if passage[start : start + size - 1] != self.words[:-1]:
                continue
            word = passage[start + size - 1]
            if word == last or (self.begins and word.startswith(last)):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Every:
    """All of these and none of those; there is at least one of these."""

    parts: tuple["Asked", ...]
    without: tuple["Asked", ...] = ()

    def holds(self, passages: Sequence[Passage]) -> bool:
        """Whether the passages together meet it."""
        having = all(one.holds(passages) for one in self.parts)
        return having and not any(one.holds(passages) for one in self.without)


@dataclass(frozen=True, slots=True)
class Either:
    """One of these."""

    parts: tuple["Asked", ...]

    def holds(self, passages: Sequence[Passage]) -> bool:
        """Whether the passages together meet one of them."""
        return any(one.holds(passages) for one in self.parts)


Asked = Phrase | Every | Either


def read_asked(text: str, code: str) -> Asked:
    """Return what a text asks for. Raises BadRequest, naming the parameter `code`."""
    reading = _Reading(text, code)
    found = reading.either(0)
    if reading.next is not None:
        raise BadRequest(f"{code} has a ) that closes nothing")
    return found


def beginning(text: str, mark: str) -> Phrase | None:
    """Return the phrase of texts under a mark that begin with this one; None without a word."""
    words = words_of(text)
    return Phrase((mark, *words), begins=True) if words else None


Token = tuple[str, str, bool, bool]
"""Kind (`phrase`, `(`, `)`, `or`, `not`), text, and whether it is taken away, whether begun."""


class _Reading:
    """Reads a question token by token."""

    def __init__(self, text: str, code: str) -> None:
        self._code = code
        self._tokens = _tokens(text, code)
        self._count = 0
        self.next = next(self._tokens, None)

    def either(self, depth: int) -> Asked:
        """Read alternatives."""
        if depth > DEEPEST:
            raise BadRequest(f"{self._code} takes at most {DEEPEST} parentheses within another")
        parts = [self._every(depth)]
        while self.next is not None and self.next[0] == "or":
            self._advance()
            parts.append(self._every(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _every(self, depth: int) -> Asked:
        parts: list[Asked] = []
        without: list[Asked] = []
        while self.next is not None and self.next[0] not in {")", "or"}:
            negated = self.next[0] == "not" or self.next[2]
            if self.next[0] == "not":
                self._advance()
            item = self._item(depth)
            if item is not None:
                (without if negated else parts).append(item)
        if not parts:
            raise BadRequest(f"{self._code} needs a word to find")
        if len(parts) == 1 and not without:
            return parts[0]
        return Every(tuple(parts), tuple(without))

    def _item(self, depth: int) -> Asked | None:
        """Read a word, a phrase or a group; None for what has no word."""
        if self.next is None or self.next[0] not in {"(", "phrase"}:
            raise BadRequest(f"{self._code} has a NOT without a word behind it")
        kind, text, _, begins = self.next
        self._advance()
        if kind == "(":
            group = self.either(depth + 1)
            if self.next is None:
                raise BadRequest(f"{self._code} has a ( that is not closed")
            self._advance()
            return group
        self._count += 1
        if self._count > MOST:
            raise BadRequest(f"{self._code} takes at most {MOST} words")
        words = words_of(text)
        return Phrase(words, begins) if words else None

    def _advance(self) -> None:
        self.next = next(self._tokens, None)


def _tokens(text: str, code: str) -> Iterator[Token]:
    if text.count('"') % 2:
        raise BadRequest(f'{code} has a " that is not closed')
    for minus, quoted, star, parenthesis, word in TOKEN.findall(text):
        if parenthesis:
            yield parenthesis, "", False, False
        elif word in {"OR", "|"}:
            yield "or", "", False, False
        elif word in {"NOT", "-"}:
            yield "not", "", False, False
        elif word == "AND":
            continue
        elif word:
            bare = word.removeprefix("-")
            yield "phrase", bare, bare != word, bare.endswith("*")
        else:
            yield "phrase", quoted, bool(minus), bool(star)
