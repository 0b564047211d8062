"""Search parameters of a site's own, as the registry takes them and as a row keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from profiles.definition import SearchParameter


class Custom(msgspec.Struct, frozen=True):
    """A search parameter of a site's own, by resource type: the rows the registry takes.

    It is what a row of `search_parameter` keeps, as JSON.
    """

    url: str
    code: str
    rows: tuple[SearchParameter, ...]

    @property
    def types(self) -> tuple[str, ...]:
        """The resource types it is searched by, in order."""
        return tuple(sorted(row.base for row in self.rows))


@dataclass(frozen=True)
class Added:
    """One such parameter for one type: `slot` is the code of its rows.

    `job` is the job that makes the rows of what was stored before; None when it is done.
    """

    row: SearchParameter
    slot: str
    job: int | None = None


Additions = Mapping[str, tuple[Added, ...]]
NO_ADDITIONS: Additions = MappingProxyType({})


def additions_of(customs: Sequence[tuple[Custom, str, int | None]]) -> Additions:
    """Return the parameters by type, each given with the code of its rows and its job."""
    found: dict[str, tuple[Added, ...]] = {}
    for custom, slot, job in customs:
        for row in custom.rows:
            found[row.base] = (*found.get(row.base, ()), Added(row, slot, job))
    return MappingProxyType(found)
