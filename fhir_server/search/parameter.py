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
    known by request; `hash` makes a number of a text.
    """

    tenant: int
    type: str
    code: str
    zone: tzinfo = UTC
    base: str = ""
    hash: Hash = field(default=hash_text, compare=False)

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
    any); `systems` the code systems of the required bindings of its `code` elements.
    """

    code: str
    type: SearchType
    slot: Slot
    sources: tuple[Source, ...]
    targets: tuple[str, ...] = ()
    systems: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def single(self) -> bool:
        """Whether a resource has at most one value."""
        return len({source.path for source in self.sources}) == 1 and all(
            source.single for source in self.sources
        )
