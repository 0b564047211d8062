"""The index rows of one resource, as the tables of `db.tables` take them, without its rid."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import chain

Text = str
EqualRow = int
ReferenceRow = tuple[int, int]
StringRow = tuple[int, str]
DateRow = tuple[int, int, int]
NumberRow = tuple[int, float, float]


@dataclass(frozen=True)
class Rows:
    """The rows of a resource by table, each sequence sorted and without repetition.

    `eq` holds keys of values; `ref` (key, self key of the target); `str` (key, folded text);
    `date` (key, first and last microsecond); `num` (key, lowest and highest number). `present` has
    the bits of the parameters that have a value (`search.registry`).
    """

    eq: tuple[EqualRow, ...] = ()
    ref: tuple[ReferenceRow, ...] = ()
    str: tuple[tuple[int, Text], ...] = ()
    date: tuple[DateRow, ...] = ()
    num: tuple[NumberRow, ...] = ()
    present: int = 0

    @classmethod
    def of(
        cls,
        eq: Iterable[EqualRow] = (),
        ref: Iterable[ReferenceRow] = (),
        str: Iterable[StringRow] = (),
        date: Iterable[DateRow] = (),
        num: Iterable[NumberRow] = (),
        present: int = 0,
    ) -> "Rows":
        """Return rows from values in any order, repeated or not."""
        return cls(
            tuple(sorted(set(eq))),
            tuple(sorted(set(ref))),
            tuple(sorted(set(str))),
            tuple(sorted(set(date))),
            tuple(sorted(set(num))),
            present,
        )

    @cached_property
    def hash(self) -> int:
        """The signed 64-bit hash of all rows, the same for the same rows on every machine."""
        digest = blake2b(b"%d" % self.present, digest_size=8)
        for numbers in (self.eq, chain(*self.ref), chain(*self.date)):
            digest.update(array("q", numbers).tobytes())
            digest.update(b"|")
        digest.update(array("d", chain(*self.num)).tobytes())
        for key, text in self.str:
            digest.update(b"%d %s\n" % (key, text.encode("utf-8", "surrogatepass")))
        return int.from_bytes(digest.digest(), "big", signed=True)
