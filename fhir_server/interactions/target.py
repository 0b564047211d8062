"""The resources each writing entry of a transaction is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.delete import doomed
from fhir_server.interactions.entry import Entry
from fhir_server.interactions.entry_error import about
from fhir_server.interactions.intent import Intent
from fhir_server.interactions.match import matches, sole
from fhir_server.interactions.patch_format import Change
from fhir_server.interactions.update import settle_id
from fhir_server.model.resource import JsonObject, Version
from fhir_server.outcome import BadRequest, NotFound
from fhir_server.runtime import Runtime
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
    """Return the targets of every writing entry, in order; what is deleted is found first.

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
    targets = []
    for intent in writing:
        if intent.entry.method == "DELETE":
            with about(intent.entry.index):
                targets += deletions(intent, work, runtime)
    finder = _Finder(work, runtime, frozenset(target.key for target in targets))
    for intent in writing:
        if intent.entry.method != "DELETE":
            with about(intent.entry.index):
                targets.append(finder.target(intent))
    targets.sort(key=lambda target: target.entry.index)
    check_distinct(targets)
    return targets


def deletions(intent: Intent, work: UnitOfWork, runtime: Runtime) -> list[Target]:
    """Return what an entry deletes: several where the settings allow it, or a target of nothing."""
    entry, type = intent.entry, str(intent.entry.address.type)
    if intent.criteria is None:
        return [Target(entry, type, str(entry.address.id), None)]
    found = doomed(intent.criteria, work, runtime.settings)
    return [Target(entry, type, one.id, None, one) for one in found] or [
        Target(entry, type, "", None, writes=False)
    ]


class _Finder:
    """Finds targets of creates, updates and patches, remembering the criteria of creates."""

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
            case _:
                return self._patch(intent)

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
