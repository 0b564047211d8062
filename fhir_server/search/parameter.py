"""A search parameter of a type in a tenant: where its values are, and the keys of its rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from functools import cached_property

from fhir_server.search.expression import Source
from fhir_server.search.key import SEPARATOR, TARGET, hash_text, prefix
from profiles.definition import SearchType

Hash = Callable[[str], int]


@dataclass(frozen=True)
class Slot:
    """The keys of one parameter's rows in one tenant.

    `zone` is that of dates which name none; `base` the server's own FHIR base, empty when only
    known by request; `hash` makes a number of a text. A `plain` slot (of elements of a composite)
    has no rows that only a modifier or `system|` reads.
    """

    tenant: int
    type: str
    code: str
    zone: tzinfo = UTC
    base: str = ""
    hash: Hash = field(default=hash_text, compare=False)
    plain: bool = False

    @cached_property
    def _prefix(self) -> str:
        return prefix(self.tenant, self.type, self.code)

    @cached_property
    def own_key(self) -> int:
        """The key of the parameter itself, under which its ordered values are."""
        return self.hash(self._prefix)

    def key(self, *value: str) -> int:
        """Return the key of a value, in one part or more (as `search.key.key`)."""
        return self.hash(SEPARATOR.join((self._prefix, *value)))

    def variant(self, modifier: str) -> "Slot":
        """Return the slot of rows that only a modifier reads (`name:exact`)."""
        return replace(self, code=f"{self.code}:{modifier}")

    def beside(self, key: int) -> "Slot":
        """Return the slot of what stands in one element with a value of this key."""
        return replace(self, code=f"{self.code}={key:x}", plain=True)

    def self_key(self, type: str, id: str) -> int:
        """Return the key of a resource (as `search.key.self_key`)."""
        return self.hash(f"{self.tenant}{SEPARATOR}{TARGET}{SEPARATOR}{type}{SEPARATOR}{id}")

    def url_key(self, url: str) -> int:
        """Return the key of a target named by URL (as `search.key.url_key`)."""
        return self.hash(f"{self.tenant}{SEPARATOR}{TARGET}{SEPARATOR}{SEPARATOR}{url}")


@dataclass(frozen=True)
class Parameter:
    """A search parameter ready to index and to parse.

    `targets` are the types a reference may point to (every type there is, when it may point to
    any); `systems` the code systems of the required bindings of its `code` elements. `bit` is its
    place in `Rows.present`, 0 without one. `spread` are the slots of other parameters whose rows
    together are this one's, which then has none; `roots` the ways to a composite's elements.
    """

    code: str
    type: SearchType
    slot: Slot
    sources: tuple[Source, ...]
    targets: tuple[str, ...] = ()
    systems: Mapping[str, frozenset[str]] = field(default_factory=dict)
    bit: int = 0
    spread: tuple[Slot, ...] = ()
    roots: tuple["Root", ...] = ()

    @property
    def single(self) -> bool:
        """Whether a resource has at most one value."""
        return len({source.path for source in self.sources}) == 1 and all(
            source.single for source in self.sources
        )


@dataclass(frozen=True)
class Root:
    """One way to the elements of a composite, and the parts to be found in each.

    Where there can be one element only, it needs no `source`: the parts are parameters of the
    resource, whose rows answer. Else the parts begin at the element (those of `outer` at the
    resource), and each element has rows under `slot`.
    """

    parts: tuple[Parameter, ...]
    slot: Slot
    source: Source | None = None
    outer: frozenset[int] = frozenset()
