"""The statement for what a round of includes reaches, by keys."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import BindParameter, Integer, Text, bindparam, false, or_, select, union

from fhir_server.db.tables import ix_eq, ix_ref
from fhir_server.model.rest import Context
from fhir_server.search.listed import joined, listed
from fhir_server.search.statement import KEPT, Plan, Template, new_binds, with_values
from fhir_server.search.value import Binds, Scalar
from fhir_server.search.visible import version_columns, visible


@dataclass(frozen=True, slots=True)
class Reaching:
    """Keys of resources themselves, of canonical URLs, and of references with their targets.

    References are told by the keys of their parameters, None for any. `seen` are internal keys of
    what is not wanted again; `below` the internal key under which the page begins.
    """

    selves: tuple[int, ...]
    names: tuple[int, ...]
    references: tuple[tuple[tuple[int, ...] | None, tuple[int, ...]], ...]
    seen: tuple[int, ...] = ()
    below: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be reached."""
        return not (self.selves or self.names or self.references)

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        references = tuple(keys is None for keys, _ in self.references)
        return bool(self.selves), bool(self.names), references, self.below is None

    @property
    def bound(self) -> list[Scalar]:
        """The constants of the SQL."""
        lists: list[Sequence[int]] = [one for one in (self.selves, self.names) if one]
        for keys, targets in self.references:
            lists += [targets] if keys is None else [keys, targets]
        below = [] if self.below is None else [self.below]
        return [*map(joined, lists), joined(self.seen), *below]


def plan_reached(
    reaching: Reaching, context: Context, readable: frozenset[str] | None, limit: int
) -> Plan:
    """Return the statement for at most `limit` resources that are reached, newest first."""
    template = _reached(_Shaped(reaching), context, readable)
    return with_values(template, [*reaching.bound, limit])


class _Shaped:
    """What is reached, equal to all else whose SQL differs in constants only."""

    __slots__ = ("reaching", "shape")

    def __init__(self, reaching: Reaching) -> None:
        self.reaching = reaching
        self.shape = reaching.shape

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shaped) and self.shape == other.shape

    def __hash__(self) -> int:
        return hash(self.shape)


@lru_cache(maxsize=KEPT)
def _reached(shaped: _Shaped, context: Context, readable: frozenset[str] | None) -> Template:
    reaching, binds = shaped.reaching, new_binds()
    rows, inner, parts = visible(None, context), visible(None, context), []
    if reaching.selves:
        parts.append(select(inner.c.rid).where(listed(inner.c.self, _list(binds))))
    if reaching.names:
        parts.append(select(ix_eq.c.rid).where(listed(ix_eq.c.key, _list(binds))))
    for keys, _ in reaching.references:
        own = [] if keys is None else [listed(ix_ref.c.key, _list(binds))]
        referring = select(ix_ref.c.rid).where(*own, listed(ix_ref.c.target, _list(binds)))
        parts.append(referring)
    reached = parts[0] if len(parts) == 1 else union(*parts)
    chosen = select(*version_columns(rows)).where(rows.c.rid.in_(reached))
    chosen = chosen.where(~listed(rows.c.rid, _list(binds)))
    if reaching.below is not None:
        chosen = chosen.where(rows.c.rid < next(binds))
    if readable is not None:
        chosen = chosen.where(or_(false(), *(rows.c.type == one for one in sorted(readable))))
    chosen = chosen.order_by(rows.c.rid.desc())
    return Template(chosen.limit(bindparam(next(binds).key, type_=Integer)))


def _list(binds: Binds) -> BindParameter[Scalar]:
    return bindparam(next(binds).key, type_=Text())
