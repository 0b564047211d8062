"""The resource each writing entry of a transaction is about, and what references lead to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fhir_server.interactions.address import query_pairs
from fhir_server.interactions.entry import Entry, about
from fhir_server.interactions.intent import Intent
from fhir_server.interactions.match import Criteria, matches, sole
from fhir_server.interactions.patch_format import Change
from fhir_server.interactions.reference import is_conditional, references
from fhir_server.interactions.update import settle_id
from fhir_server.model.resource import JsonObject, Version
from fhir_server.outcome import BadRequest, NotFound
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require
from fhir_server.store.unit_of_work import UnitOfWork

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Target:
    """One writing entry and the resource it is about.

    `match` is the stored resource its criteria found. A create that found one, or that repeats
    another's criteria, does not write. `has_new_id` tells that the server gave the id. `change` is
    what a patch does to the stored resource.
    """

    entry: Entry
    type: str
    id: str
    resource: JsonObject | None
    match: Version | None = None
    writes: bool = True
    has_new_id: bool = False
    change: Change | None = None

    @property
    def key(self) -> Key:
        """Type and id."""
        return self.type, self.id

    @property
    def may_exist(self) -> bool:
        """Whether a stored version has to be looked up before writing."""
        return self.writes and not self.has_new_id and bool(self.id)


def find_targets(intents: Sequence[Intent], work: UnitOfWork, runtime: Runtime) -> list[Target]:
    """Return the target of every writing entry, in order.

    Raises MultipleMatches for criteria that fit several resources, BadRequest when two entries
    write one resource.
    """
    writing = [intent for intent in intents if intent.look is None]
    claims = {
        intent.criteria.key
        for intent in writing
        if intent.criteria is not None and intent.entry.method != "DELETE"
    }
    for claim in sorted(claims):
        work.claim(claim)
    finder = _Finder(work, runtime, _deleted(writing))
    targets = []
    for intent in writing:
        with about(intent.entry.index):
            target = finder.target(intent)
        if target is not None:
            targets.append(target)
    check_distinct(targets)
    return targets


def _deleted(intents: Sequence[Intent]) -> frozenset[Key]:
    return frozenset(
        (str(intent.entry.address.type), intent.entry.address.id)
        for intent in intents
        if intent.entry.method == "DELETE" and intent.entry.address.id is not None
    )


class _Finder:
    """Finds targets one after the other, remembering the criteria of creates."""

    def __init__(self, work: UnitOfWork, runtime: Runtime, deleted: frozenset[Key]) -> None:
        self._work = work
        self._new_id = runtime.store.ids.resource_id
        self._deleted = deleted
        self._created: dict[str, tuple[str, Version | None]] = {}

    def target(self, intent: Intent) -> Target:
        match intent.entry.method:
            case "POST":
                return self._create(intent)
            case "PUT":
                return self._update(intent)
            case "PATCH":
                return self._patch(intent)
            case _:
                return self._delete(intent)

    def _create(self, intent: Intent) -> Target:
        entry, type = intent.entry, str(intent.entry.address.type)
        criteria = intent.criteria
        if criteria is None:
            return Target(entry, type, self._new_id(), entry.resource, has_new_id=True)
        if criteria.key in self._created:
            id, match = self._created[criteria.key]
            return Target(entry, type, id, entry.resource, match, writes=False)
        match = self._match(criteria)
        if match is not None:
            self._created[criteria.key] = (match.id, match)
            return Target(entry, type, match.id, entry.resource, match, writes=False)
        id = self._new_id()
        self._created[criteria.key] = (id, None)
        return Target(entry, type, id, entry.resource, has_new_id=True)

    def _update(self, intent: Intent) -> Target:
        entry, type = intent.entry, str(intent.entry.address.type)
        resource = entry.resource or {}
        match = None if intent.criteria is None else self._match(intent.criteria)
        settled = settle_id(resource, match)
        given = settled.get("id")
        if isinstance(given, str):
            return Target(entry, type, given, settled, match)
        return Target(entry, type, self._new_id(), settled, has_new_id=True)

    def _patch(self, intent: Intent) -> Target:
        entry, type = intent.entry, str(intent.entry.address.type)
        if intent.criteria is None:
            return Target(entry, type, str(entry.address.id), None, change=intent.change)
        match = self._match(intent.criteria)
        if match is None:
            raise NotFound(f"no {type} matches the criteria", detail="no-match")
        return Target(entry, type, match.id, None, match, change=intent.change)

    def _delete(self, intent: Intent) -> Target:
        entry, type = intent.entry, str(intent.entry.address.type)
        if intent.criteria is None:
            return Target(entry, type, str(entry.address.id), None)
        match = self._match(intent.criteria)
        return Target(entry, type, match.id if match else "", None, match, writes=bool(match))

    def _match(self, criteria: Criteria) -> Version | None:
        found = matches(criteria, self._work, limit=2 + len(self._deleted))
        return sole([one for one in found if (one.type, one.id) not in self._deleted])


def check_distinct(targets: Sequence[Target]) -> None:
    """Refuse a Bundle in which two entries write one resource. Raises BadRequest."""
    seen: dict[Key, int] = {}
    for target in targets:
        if not target.writes:
            continue
        if target.key in seen:
            raise BadRequest(
                f"entries {seen[target.key]} and {target.entry.index} are about one resource",
                expression=target.entry.place,
                detail="duplicate-entry",
            )
        seen[target.key] = target.entry.index


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
