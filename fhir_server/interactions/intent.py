"""What each entry of a transaction asks for, checked before anything is looked up or written.

The entries' shapes, scopes and resources are judged; all invalid resources are told at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fhir_server.interactions.batch import entry_type, interaction_of
from fhir_server.interactions.content import check_id, check_type
from fhir_server.interactions.create import refuse_criteria
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.entry import Entry, bundle_entries, read_entry
from fhir_server.interactions.entry_error import about, move_issue
from fhir_server.interactions.patch_format import Change, patch_of, read_change
from fhir_server.interactions.strict import BY_ID, refuse_unused
from fhir_server.interactions.table import Look, is_search
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.outcome import BadRequest, Invalid, Issue
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require


@dataclass(frozen=True, slots=True)
class Intent:
    """One entry with its criteria (If-None-Exist, or the query of a conditional write).

    `look` is how a reading entry is answered; None for one that writes. `change` is what a patch
    does to a resource. `counts` tells a search.
    """

    entry: Entry
    criteria: Criteria | None = None
    look: Look | None = None
    change: Change | None = None
    counts: bool = False

    @property
    def resource(self) -> JsonObject | None:
        """The resource to be written."""
        return self.entry.resource if self.entry.method in ("POST", "PUT") else None


def read_intents(
    bundle: JsonObject, base: str, context: Context, runtime: Runtime, *, lenient: bool = False
) -> list[Intent]:
    """Return the intents in the order of the entries.

    Raises BadRequest, NotFound, Forbidden of the first entry that is wrong; Invalid with the
    issues of every resource.
    """
    intents = []
    for index, value in enumerate(bundle_entries(bundle, runtime.settings.bundle_limit)):
        entry = read_entry(index, value, base, runtime.definitions.is_resource_type)
        with about(index):
            if not lenient and entry.address.id is not None and entry.method in BY_ID:
                refuse_unused(entry.address.parameters)
            intents.append(read_intent(entry, context, runtime))
    check_resources(intents, runtime)
    return intents


def read_intent(entry: Entry, context: Context, runtime: Runtime) -> Intent:
    """Return what one entry asks for. Raises BadRequest, Forbidden."""
    row = interaction_of(entry)
    type = str(entry.address.type)
    asked = entry_type(entry)
    if asked is not None:
        require(context, asked, row.needs)
    if row.look is not None:
        return Intent(entry, look=row.look, counts=is_search(row))
    criteria = change = None
    if entry.method == "PATCH":
        change = read_change(*patch_of(entry.resource), runtime.definitions)
    elif entry.method != "DELETE":
        resource = check_type(entry.resource, type)
        if entry.method == "POST":
            refuse_criteria(entry.address.parameters)
        if entry.address.id is not None:
            check_id(resource, entry.address.id)
    condition = entry.header("if-none-exist") if entry.method == "POST" else entry.address.query
    if condition is not None and entry.address.id is None:
        require(context, type, "s")
        criteria = Criteria.parse(type, condition, runtime, context)
    elif entry.method != "POST" and entry.address.id is None:
        raise BadRequest("a write without an id needs search criteria", detail="no-criteria")
    return Intent(entry, criteria, change=change)


def check_resources(intents: Sequence[Intent], runtime: Runtime) -> None:
    """Refuse the Bundle when any resource breaks its definition. Raises Invalid."""
    issues: list[Issue] = []
    for intent in intents:
        if intent.resource is not None:
            found = runtime.validator.check(intent.resource)
            issues += [move_issue(issue, intent.entry.index) for issue in found]
    if any(issue.severity in ("error", "fatal") for issue in issues):
        raise Invalid("resources of the Bundle break their definitions", issues=issues)
