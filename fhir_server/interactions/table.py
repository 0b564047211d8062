"""The table of interactions on resources, by place and method; bundles and HTTP both go by it.

Source: https://hl7.org/fhir/R4/http.html#summary.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from fhir_server.interactions.create import create
from fhir_server.interactions.delete import conditional_delete, delete
from fhir_server.interactions.history import (
    history,
    history_with,
    system_history,
    system_history_with,
    type_history,
    type_history_with,
)
from fhir_server.interactions.patch import conditional_patch, patch
from fhir_server.interactions.read import read, read_with
from fhir_server.interactions.search import search, search_with
from fhir_server.interactions.strict import by_id
from fhir_server.interactions.update import conditional_update, update
from fhir_server.interactions.vread import vread, vread_with
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.runtime import Runtime
from fhir_server.store.reader import Reader

Place = Literal[
    "system",
    "system-history",
    "system-search",
    "type",
    "type-history",
    "search",
    "compartment",
    "compartment-search",
    "instance",
    "history",
    "version",
]
Run = Callable[[FhirRequest, Runtime], FhirResponse]
Look = Callable[[FhirRequest, Runtime, Reader], FhirResponse]


@dataclass(frozen=True, slots=True)
class Interaction:
    """One row: R4's code of the interaction, where it is called and how, and what it needs.

    `needs` are letters of `cruds` on the type in the URL; an interaction that touches more asks
    for it itself. `look` is how a reading one runs with a reader at hand, as in a transaction. The
    answer to one that `writes` is shaped by Prefer: return.
    """

    code: str
    place: Place
    method: str
    needs: str
    run: Run
    look: Look | None = None
    writes: bool = False

    @property
    def searches(self) -> bool:
        """Whether it is a search, which may come as a form."""
        return self.code in ("search-type", "search-system")


RESOURCE_INTERACTIONS = (
    Interaction("search-type", "type", "GET", "s", search, search_with),
    Interaction("search-type", "search", "POST", "s", search),
    Interaction("search-system", "system", "GET", "", search, search_with),
    Interaction("search-system", "system-search", "POST", "", search),
    Interaction("search-type", "compartment", "GET", "s", search, search_with),
    Interaction("search-type", "compartment-search", "POST", "s", search),
    Interaction("create", "type", "POST", "c", create, writes=True),
    Interaction("update", "type", "PUT", "us", conditional_update, writes=True),
    Interaction("patch", "type", "PATCH", "us", conditional_patch, writes=True),
    Interaction("delete", "type", "DELETE", "ds", conditional_delete, writes=True),
    Interaction("read", "instance", "GET", "r", read, read_with),
    Interaction("update", "instance", "PUT", "u", by_id(update), writes=True),
    Interaction("patch", "instance", "PATCH", "u", by_id(patch), writes=True),
    Interaction("delete", "instance", "DELETE", "d", by_id(delete), writes=True),
    Interaction("history-instance", "history", "GET", "r", history, history_with),
    Interaction("history-type", "type-history", "GET", "s", type_history, type_history_with),
    Interaction("history-system", "system-history", "GET", "", system_history, system_history_with),
    Interaction("vread", "version", "GET", "r", vread, vread_with),
)


def is_search(row: object) -> bool:
    """Whether a row is a search, which can answer with a count alone."""
    return isinstance(row, Interaction) and row.searches
