"""Reading what names search parameters, by those in force.

What a process knows of a tenant's own parameters may be a second old; so what fails by them is
read once more by the newest before it is refused.
"""

from collections.abc import Callable
from typing import TypeVar

from fhir_server.model.rest import Context
from fhir_server.outcome import BadRequest, NotReady
from fhir_server.runtime import Runtime
from fhir_server.search.registry import Registry
from fhir_server.store import jobs

T = TypeVar("T")


def by_those_in_force(read: Callable[[Registry], T], tenant: int, runtime: Runtime) -> T:
    """Return what is read with the parameters in force.

    Raises what reading raises; NotReady tells how far the index of the parameter is.
    """
    known = runtime.editions.current(tenant)
    try:
        return read(known.registry)
    except (BadRequest, NotReady) as error:
        newest = runtime.editions.newest(tenant)
        if newest is known and not isinstance(error, NotReady):
            raise
    try:
        return read(newest.registry)
    except NotReady as error:
        told = progress_of(error.job, tenant, runtime)
        raise NotReady.of(error.name, error.job, told) from None


def progress_of(id: int, tenant: int, runtime: Runtime) -> str:
    """Return the state of a job and how far it is, for a person."""
    with runtime.store.read(Context(tenant)) as reader:
        job = jobs.get(reader, id)
    if job is None:
        return ""
    result = job.result or {}
    told = (str(result[name]) for name in ("progress", "error") if name in result)
    return ": ".join((job.state, *told))
