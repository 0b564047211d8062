"""Loading files into the database, as an operator: what can be stored is, the rest is told.

Resources are stored under their own id (as PUT does), or a new one when they have none, a few
hundred in one unit of work. Bundles in files of their own are carried out when they are a
transaction or a batch, unpacked when they are a collection, else stored as they are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fhir_server.bulk.source import Item
from fhir_server.interactions.batch import run_batch
from fhir_server.interactions.content import ID, check_content
from fhir_server.interactions.preference import NO_PREFERENCE
from fhir_server.interactions.rewrite import Rewriter, service_root
from fhir_server.interactions.transaction import execute
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context, FhirRequest
from fhir_server.outcome import BadRequest, FhirError, Invalid, Issue
from fhir_server.runtime import Runtime
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.write import Create, Update, Wish

GROUP = 500
"""Resources stored in one unit of work."""
FAILED = ("4", "5")
"""How the status of a response entry begins when its entry was refused."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was not stored: where it stands, what it is, and why."""

    file: str
    line: int
    type: str
    id: str
    issues: tuple[JsonObject, ...]

    def as_json(self) -> JsonObject:
        """Return it as the report of `parity load --json` shows it."""
        return {
            "file": self.file,
            "line": self.line,
            "type": self.type,
            "id": self.id,
            "issues": list[JsonValue](self.issues),
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A resource to be stored, and where it stands."""

    file: str
    line: int
    resource: JsonObject

    @property
    def type(self) -> str:
        """The resource type as written."""
        return text(self.resource.get("resourceType"))

    @property
    def id(self) -> str:
        """The id as written, empty without one."""
        return text(self.resource.get("id"))

    @property
    def wish(self) -> Wish:
        """How it is stored when it is new."""
        return Create(self.type, self.resource, self.id or None)

    def refusal(self, error: FhirError) -> Refusal:
        """Return what to tell when it is not stored."""
        issues = tuple(issue_json(one) for one in error.issues)
        return Refusal(self.file, self.line, self.type, self.id, issues)


class Loadable(Protocol):
    """A valid resource that waits to be stored."""

    @property
    def type(self) -> str:
        """The resource type."""
        ...

    @property
    def id(self) -> str:
        """The id it is stored under, empty when the server gives one."""
        ...

    @property
    def resource(self) -> JsonObject:
        """The resource itself."""
        ...

    @property
    def wish(self) -> Wish:
        """How it is stored when it is new."""
        ...

    def refusal(self, error: FhirError) -> Refusal:
        """Return what to tell when it is not stored."""
        ...


@dataclass(slots=True)
class Report:
    """What came of a load: how many resources were stored, and what was not."""

    loaded: int = 0
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, candidate: Loadable, error: FhirError) -> None:
        """Note that a resource was not stored."""
        self.refused.append(candidate.refusal(error))


class Load:
    """One load: takes items one by one, stores them in groups; `finish` stores the last group."""

    def __init__(self, runtime: Runtime, context: Context) -> None:
        self.report = Report()
        self._runtime = runtime
        self._context = context
        self._group: list[Loadable] = []
        self._keys: set[tuple[str, str]] = set()

    def take(self, item: Item) -> None:
        """Store what an item holds, or note why not."""
        if item.resource is None:
            reason = item.error or BadRequest("the text cannot be read")
            self.report.refuse(Candidate(item.file, item.line, {}), reason)
            return
        candidate = Candidate(item.file, item.line, item.resource)
        run = self._bundle_run(item)
        if run is None:
            self._take(candidate)
            return
        self.finish()
        try:
            run(candidate)
        except FhirError as error:
            give_up_on(error)
            self.report.refuse(candidate, error)

    def add(self, prepared: Loadable | Refusal) -> None:
        """Store what was judged already, or note why not."""
        if isinstance(prepared, Refusal):
            self.report.refused.append(prepared)
        else:
            self._add(prepared)

    def finish(self) -> None:
        """Store what waits: as a whole, or one by one when the whole is refused."""
        group, self._group, self._keys = self._group, [], set()
        if not group or self._store(group) is None:
            return
        for one in group:
            error = self._store([one])
            if error is not None:
                self.report.refuse(one, error)

    def _bundle_run(self, item: Item) -> Callable[[Candidate], None] | None:
        """Return what to do with a Bundle that is the whole of a file; None to store it."""
        if not item.is_whole_file or item.resource is None:
            return None
        if item.resource.get("resourceType") != "Bundle":
            return None
        runs = {"transaction": self._transact, "batch": self._batch, "collection": self._unpack}
        return runs.get(text(item.resource.get("type")))

    def _take(self, candidate: Candidate) -> None:
        try:
            check_resource(candidate, self._runtime)
        except FhirError as error:
            self.report.refuse(candidate, error)
        else:
            self._add(candidate)

    def _add(self, one: Loadable) -> None:
        key = (one.type, one.id)
        if len(self._group) >= GROUP or (one.id and key in self._keys):
            self.finish()
        self._keys.add(key)
        self._group.append(one)

    def _store(self, group: Sequence[Loadable]) -> FhirError | None:
        """Store a group; return why it is refused as a whole, None when it is stored."""
        try:
            self._runtime.store.transact(self._context, lambda work: store_group(group, work))
        except FhirError as error:
            give_up_on(error)
            return error
        self.report.loaded += len(group)
        return None

    def _transact(self, candidate: Candidate) -> None:
        bundle, runtime = candidate.resource, self._runtime
        base = server_base(runtime)
        runtime.store.transact(
            self._context, lambda work: execute(bundle, work, runtime, base=base)
        )
        self.report.loaded += sum("resource" in one for one in entries_of(bundle))

    def _batch(self, candidate: Candidate) -> None:
        bundle, runtime = candidate.resource, self._runtime
        request = FhirRequest("POST", self._context, server_base(runtime), resource=bundle)
        answer = run_batch(bundle, request, NO_PREFERENCE, runtime)
        for asked, response in zip(entries_of(bundle), responses_of(answer), strict=True):
            if not text(response.get("status")).startswith(FAILED):
                self.report.loaded += "resource" in asked
                continue
            inner = asked.get("resource")
            resource = inner if isinstance(inner, dict) else {}
            one = Candidate(candidate.file, candidate.line, resource)
            issues = outcome_issues(response)
            self.report.refused.append(Refusal(one.file, one.line, one.type, one.id, issues))

    def _unpack(self, candidate: Candidate) -> None:
        for resource in collected(candidate.resource, self._runtime):
            self._take(Candidate(candidate.file, candidate.line, resource))


def check_resource(candidate: Candidate, runtime: Runtime) -> None:
    """Refuse what is no valid resource with an id of its own or none.

    Raises BadRequest, Invalid.
    """
    if not runtime.definitions.is_resource_type(candidate.type):
        raise BadRequest("resourceType names no resource type of R4", expression="resourceType")
    if "id" in candidate.resource and ID.fullmatch(candidate.id) is None:
        raise Invalid(
            "an id is 1 to 64 letters, digits, hyphens and dots",
            expression=f"{candidate.type}.id",
        )
    check_content(candidate.resource, runtime.validator)


def store_group(group: Sequence[Loadable], work: UnitOfWork) -> None:
    """Store valid resources of different ids: a new version where one exists."""
    known = work.lock_many([(one.type, one.id) for one in group if one.id])
    wishes: list[Wish] = []
    for one in group:
        current = known.get((one.type, one.id))
        wishes.append(one.wish if current is None else Update(current, one.resource))
    work.apply(wishes)


def collected(bundle: JsonObject, runtime: Runtime) -> Iterator[JsonObject]:
    """Yield the resources of a collection, each with an id, their references among them kept.

    A resource known by a URN only gets a new id, and references to the URN lead to it.
    """
    entries = [one for one in entries_of(bundle) if isinstance(one.get("resource"), dict)]
    mapping: dict[str, str] = {}
    found: list[tuple[JsonObject, str]] = []
    for one in entries:
        inner, url = one["resource"], text(one.get("fullUrl"))
        resource = inner if isinstance(inner, dict) else {}
        if url.startswith("urn:"):
            resource = {**resource, "id": resource.get("id") or runtime.store.ids.resource_id()}
            mapping[url] = f"{text(resource.get('resourceType'))}/{text(resource['id'])}"
        found.append((resource, url))
    rewriter = Rewriter(mapping, runtime.definitions)
    for resource, url in found:
        yield rewriter.rewrite(resource, service_root(url))


def entries_of(bundle: JsonObject) -> list[JsonObject]:
    """Return the entries of a Bundle in order; what is no object is an empty one."""
    entries = bundle.get("entry")
    listed = entries if isinstance(entries, list) else []
    return [one if isinstance(one, dict) else {} for one in listed]


def responses_of(answer: JsonObject) -> list[JsonObject]:
    """Return the response of each entry of a response Bundle."""
    found = (one.get("response") for one in entries_of(answer))
    return [one if isinstance(one, dict) else {} for one in found]


def outcome_issues(response: JsonObject) -> tuple[JsonObject, ...]:
    """Return the issues in the OperationOutcome of a response entry."""
    outcome = response.get("outcome")
    issues = outcome.get("issue") if isinstance(outcome, dict) else None
    return tuple(one for one in issues if isinstance(one, dict)) if isinstance(issues, list) else ()


def issue_json(issue: Issue) -> JsonObject:
    """Return an issue as the report shows it."""
    shown: JsonObject = {
        "severity": issue.severity,
        "code": issue.code,
        "diagnostics": issue.diagnostics,
    }
    if issue.expression:
        shown["expression"] = [issue.expression]
    return shown


def give_up_on(error: FhirError) -> None:
    """Raise an error that is the database's, not the resource's: nothing can be loaded now."""
    if error.may_pass:
        raise error


def server_base(runtime: Runtime) -> str:
    """Return the FHIR base of the server; empty when none is set."""
    base = runtime.settings.base_url
    return f"{base.rstrip('/')}/fhir" if base else ""


def text(value: JsonValue) -> str:
    """Return a text, empty for anything else."""
    return value if isinstance(value, str) else ""
