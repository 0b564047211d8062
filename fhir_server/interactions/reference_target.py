"""What the references of a transaction lead to: its fullUrls, and searches for a target.

Source: https://hl7.org/fhir/R4/http.html#trules.
"""

from collections.abc import Iterable, Iterator, Sequence

from fhir_server.interactions.address import query_pairs
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.entry_error import about
from fhir_server.interactions.match import matches, sole
from fhir_server.interactions.reference import is_conditional, references
from fhir_server.interactions.target import Target
from fhir_server.outcome import BadRequest
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require
from fhir_server.store.unit_of_work import UnitOfWork


def reference_targets(
    targets: Sequence[Target], work: UnitOfWork, runtime: Runtime
) -> dict[str, str]:
    """Return what every fullUrl and conditional reference of the Bundle becomes: `Type/id`.

    Raises BadRequest or MultipleMatches for a conditional reference without one sole target.
    """
    mapping: dict[str, str] = {}
    for target in targets:
        if target.entry.full_url is not None and target.entry.method != "DELETE":
            _name(target.entry.full_url, target, mapping)
    for index, text in conditional_references(targets):
        if text not in mapping:
            with about(index):
                mapping[text] = conditional_target(text, work, runtime)
    return mapping


def _name(url: str, target: Target, mapping: dict[str, str]) -> None:
    """Note what a fullUrl stands for. Raises BadRequest when for two resources (bdl-7)."""
    place = f"{target.type}/{target.id}"
    if mapping.setdefault(url, place) != place:
        raise BadRequest(
            "two entries have one fullUrl and are about different resources",
            expression=f"{target.entry.place}.fullUrl",
            detail="duplicate-entry",
        )


def conditional_references(targets: Sequence[Target]) -> Iterator[tuple[int, str]]:
    """Yield the conditional references in the resources to be written, with their entry."""
    for target in targets:
        if target.writes:
            for reference in filter(is_conditional, references(target.resource)):
                yield target.entry.index, reference


def conditional_targets(found: Iterable[str], work: UnitOfWork, runtime: Runtime) -> dict[str, str]:
    """Return what the conditional ones among references become: `Type/id`."""
    return {
        text: conditional_target(text, work, runtime)
        for text in sorted(found)
        if is_conditional(text)
    }


def conditional_target(text: str, work: UnitOfWork, runtime: Runtime) -> str:
    """Return the one stored resource a conditional reference finds, as `Type/id`."""
    type, _, query = text.partition("?")
    if not runtime.definitions.is_resource_type(type):
        raise BadRequest("a conditional reference names no resource type of R4")
    require(work.context, type, "s")
    criteria = Criteria.of(type, query_pairs(query), runtime, work.context)
    found = sole(matches(criteria, work))
    if found is None:
        raise BadRequest(
            f"a conditional reference to {type} matches nothing", detail="unresolved-reference"
        )
    return found.reference
