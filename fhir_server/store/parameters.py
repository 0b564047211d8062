"""A tenant's own search parameters: kept in step with its SearchParameter resources.

The commit that stores a SearchParameter makes it a row here, counts the generation up and leaves
the job that indexes what was stored before. States: building (written to, not searched by yet),
active, removing (neither; its rows are being removed, then its own row). A definition that changes
is another row: the old one is removed, the new one built.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import msgspec
from sqlalchemy import Update, and_, bindparam, delete, insert, select, update

from fhir_server.db.session import Record
from fhir_server.db.tables import search_generation as generation
from fhir_server.db.tables import search_parameter as table
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Invalid
from fhir_server.search.custom import Custom, additions_of
from fhir_server.search.extract import Extractor
from fhir_server.search.registry import Registry
from fhir_server.search.stated import read_custom
from fhir_server.store import jobs
from fhir_server.store.edition import slot_code
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.version import Stored
from profiles.typed import TypedReader

State = Literal["building", "active", "removing"]
KIND = "reindex"
"""The kind of the jobs that make, remove and put right index rows."""
TYPE = "SearchParameter"
LIVE = ("building", "active")
_CUSTOM = TypedReader(Custom)


@dataclass(frozen=True, slots=True)
class Kept:
    """One parameter as it is kept: `fid` is the id of its SearchParameter."""

    id: int
    fid: str
    state: State
    job: int
    custom: Custom

    @property
    def slot(self) -> str:
        """The code under which its rows are."""
        return slot_code(self.custom.code, self.id)


def all_kept(reader: Reader) -> list[Kept]:
    """Return every parameter of the tenant, in the order of their making."""
    own = table.c.tenant == reader.context.tenant
    return [_kept(row) for row in reader.rows(select(*_COLUMNS).where(own).order_by(table.c.id))]


def maintain(work: UnitOfWork, stored: Stored, registry: Registry) -> None:
    """Bring the parameters in step with a SearchParameter just written, in the same commit.

    `registry` holds the standard's parameters. Raises Invalid when it cannot be searched by, or
    when its URL or code is another's.
    """
    resource: JsonObject = {} if stored.deleted else decode(stored.body)
    others = [one for one in all_kept(work) if one.state in LIVE]
    own = [one for one in others if one.fid == stored.id]
    custom = wanted(resource, registry, others)
    if [one.custom for one in own] == ([] if custom is None else [custom]):
        return
    count_up(work)
    others = [one for one in all_kept(work) if one.state in LIVE and one.fid != stored.id]
    if custom is not None:
        check_free(custom, others)
        add(work, stored.id, custom)
    for one in own:
        retire(work, one)
    work.renew_edition()


def wanted(resource: JsonObject, registry: Registry, others: Sequence[Kept]) -> Custom | None:
    """Return the parameter of a SearchParameter, None when it is not searched by. Raises Invalid.

    The parts of a composite may be others of the tenant's own.
    """
    known = registry.with_added(additions_of([(one.custom, one.slot, None) for one in others]))
    custom = read_custom(resource, registry.definitions, known.definition)
    if custom is not None:
        check_values(custom, registry)
    return custom


def check_values(custom: Custom, registry: Registry) -> None:
    """Refuse a parameter whose elements have no values of its type. Raises Invalid."""
    extractor = Extractor(registry.with_added(additions_of([(custom, custom.code, None)])))
    for row in custom.rows:
        parameter = extractor.registry.indexed(0, row.base)[custom.code]
        if not extractor.reads(parameter):
            reason = f"the elements of the expression hold no {row.type} in {row.base}"
            raise Invalid(reason, expression=f"{TYPE}.type", detail="search-parameter")


def check_free(custom: Custom, others: Sequence[Kept]) -> None:
    """Refuse a URL that another resource has, and a code that is taken for a type.

    Raises Invalid, naming the other one.
    """
    for one in others:
        place = f"{TYPE}/{one.fid}"
        if one.custom.url == custom.url:
            reason = f"{place} has this URL already"
            raise Invalid(reason, expression=f"{TYPE}.url", detail="search-parameter")
        shared = set(one.custom.types) & set(custom.types)
        if shared and one.custom.code == custom.code:
            reason = f"{place} gives {min(shared)} a parameter {custom.code} already"
            raise Invalid(reason, expression=f"{TYPE}.code", detail="search-parameter")


def count_up(work: UnitOfWork) -> None:
    """Begin a new generation; what was to be written before is written, and others wait."""
    work.claim("search parameters")
    own = generation.c.tenant == work.context.tenant
    later = update(generation).where(own).values(number=generation.c.number + 1)
    if not work.change(later):
        work.change(insert(generation).values(tenant=work.context.tenant, number=1))


def add(work: UnitOfWork, fid: str, custom: Custom) -> None:
    """Keep a parameter and leave the job that indexes what is stored already."""
    id = work.new_key()
    values = {
        "id": id,
        "tenant": work.context.tenant,
        "fid": fid,
        "state": "building",
        "job": jobs.enqueue(work, KIND, {"task": "build", "parameter": id}),
        "definition": msgspec.json.encode(custom).decode(),
    }
    work.change(insert(table).values(values))


def retire(work: UnitOfWork, kept: Kept) -> None:
    """Stop indexing and searching by a parameter and leave the job that removes its rows."""
    jobs.cancel(work, kept.job)
    job = jobs.enqueue(work, KIND, {"task": "remove", "parameter": kept.id})
    work.change(_set(kept.id, state="removing", job=job))


def rebuild(work: UnitOfWork, kept: Kept) -> int:
    """Leave a new job for a parameter whose job came to nothing; return the job."""
    jobs.cancel(work, kept.job)
    task = "remove" if kept.state == "removing" else "build"
    job = jobs.enqueue(work, KIND, {"task": task, "parameter": kept.id})
    count_up(work)
    work.change(_set(kept.id, job=job))
    work.renew_edition()
    return job


def activate(work: UnitOfWork, id: int) -> None:
    """Let a parameter that was being built be searched by."""
    count_up(work)
    work.change(_set(id, state="active").where(table.c.state == "building"))
    work.renew_edition()


def forget(work: UnitOfWork, id: int) -> None:
    """Forget a parameter whose rows are removed."""
    work.change(delete(table).where(table.c.id == id, table.c.state == "removing"))


def find(reader: Reader, id: int) -> Kept | None:
    """Return one parameter of the tenant, whatever its state."""
    own = and_(table.c.tenant == reader.context.tenant, table.c.id == bindparam("known"))
    rows = reader.rows(select(*_COLUMNS).where(own), {"known": id})
    return _kept(rows[0]) if rows else None


_COLUMNS = (table.c.id, table.c.fid, table.c.state, table.c.job, table.c.definition)


def _set(id: int, **values: object) -> Update:
    return update(table).where(table.c.id == id).values(values)


def _kept(row: Record) -> Kept:
    id, fid, state, job, definition = cast("tuple[int, str, State, int, str]", tuple(row))
    return Kept(id, fid, state, job, _CUSTOM.decode(definition))
