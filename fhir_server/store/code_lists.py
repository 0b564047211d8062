"""The code lists a site has loaded, one row a list, read whole by whoever judges X12."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from fhir_server.db.tables import code_list as table
from fhir_server.outcome import NotFound
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.x12.codes.code_list import CodeLists, CodeRow, indexed
from profiles.typed import TypedReader

_ROWS = TypedReader(list[CodeRow])


@dataclass(frozen=True, slots=True)
class LoadedList:
    """What is known of a loaded list without reading it: when, from which file, how many codes."""

    name: str
    source: str
    loaded: int
    codes: int
    sha256: str


@dataclass(frozen=True)
class _Body:
    """A list by its hash; its text is fetched only where the hash is new."""

    sha256: str
    fetch: Callable[[], str] = field(compare=False)


def replace(work: UnitOfWork, name: str, source: str, rows: Sequence[CodeRow]) -> LoadedList:
    """Put a list in the place of the one of its name."""
    data = msgspec.json.encode(rows).decode()
    sha256 = hashlib.sha256(data.encode()).hexdigest()
    loaded = work.now
    made = LoadedList(name, source, loaded, len({row.code for row in rows}), sha256)
    values = {
        "source": source,
        "loaded": loaded,
        "codes": made.codes,
        "sha256": sha256,
        "data": data,
    }
    dialect = sqlite if work.session.dialect == "sqlite" else postgresql
    added = dialect.insert(table).values(tenant=work.context.tenant, name=name, **values)
    work.change(added.on_conflict_do_update(index_elements=["tenant", "name"], set_=values))
    return made


def remove(work: UnitOfWork, name: str) -> None:
    """Take a list out. Raises NotFound."""
    own = (table.c.tenant == work.context.tenant, table.c.name == name)
    if work.change(delete(table).where(*own)) != 1:
        raise NotFound(f"the code list {name} is not loaded")


def loaded_lists(reader: Reader) -> list[LoadedList]:
    """Return what is loaded, by name."""
    told = (table.c.name, table.c.source, table.c.loaded, table.c.codes, table.c.sha256)
    own = table.c.tenant == reader.context.tenant
    rows = reader.rows(select(*told).where(own).order_by(table.c.name))
    return [LoadedList(*cast("tuple[str, str, int, int, str]", tuple(row))) for row in rows]


def all_lists(reader: Reader) -> CodeLists:
    """Return every list that is loaded; one that was read before is not read again."""

    def body(one: LoadedList) -> _Body:
        own = (table.c.tenant == reader.context.tenant, table.c.name == one.name)

        def fetch() -> str:
            return cast("str", reader.rows(select(table.c.data).where(*own))[0][0])

        return _Body(one.sha256, fetch)

    return CodeLists({one.name: _index(body(one)) for one in loaded_lists(reader)})


@lru_cache(maxsize=64)
def _index(body: _Body) -> dict[str, tuple[CodeRow, ...]]:
    return indexed(_ROWS.decode(body.fetch().encode()))
