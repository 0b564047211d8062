"""The result of a map: entries of a transaction with how each meets what is already stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from mappers.apply import Trace, Untranslated
from mappers.path import JsonObject, JsonValue, read
from mappers.rule import Table
from mappers.v2_fhir.event import Event
from mappers.v2_fhir.event_time import is_late
from mappers.v2_fhir.ledger import Unmapped
from mappers.v2_fhir.source import Leaf

Mode = Literal["create", "merge", "replace"]
COMPOSED = ("period", "hospitalization", "servicePeriod")
"""Elements that several fields write, a member each: an empty field leaves its member alone."""


class MapError(ValueError):
    """The message cannot be mapped. `path` names the place; the text holds no value."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of the transaction and its request.

    `create` makes the resource only where the match finds none; `replace` puts it whole;
    `merge` is a snapshot of some elements: an empty field changes nothing, `cleared` paths
    were deleted by the sender, `defaults` apply only to a new resource, and a stored status
    that is one of `stays` is not taken back. Lists named in `joined` keep the stored items that
    are not sent. `time` is that of the event, and orders the messages about one thing; `event` is
    set for a visit. `others` are further criteria, tried in turn where the match finds none.
    """

    resource: JsonObject
    full_url: str
    url: str
    mode: Mode
    match: str = ""
    cleared: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    time: str = ""
    event: Event | None = None
    others: tuple[str, ...] = ()

    def to_json(self) -> JsonObject:
        """Return the Bundle entry."""
        request: JsonObject = {"method": "PUT", "url": self.url}
        if self.mode == "create":
            request = {"method": "POST", "url": self.url, "ifNoneExist": self.match}
        elif self.match:
            request["url"] = f"{self.url}?{self.match}"
        return {"fullUrl": self.full_url, "resource": self.resource, "request": request}


@dataclass(frozen=True, slots=True)
class Complete:
    """A list the message tells whole: what was told before and is not any more no longer holds.

    Resources of the `type` whose element `by` refers to `owner`, an entry of the transaction, at
    the id the feed gives them for `key`, but those of `urls`.
    """

    type: str
    by: str
    owner: str
    key: tuple[str, ...]
    urls: tuple[str, ...]


MergeKind = Literal["merge", "unmerge", "link", "move"]


@dataclass(frozen=True, slots=True)
class Merge:
    """Two Patients of the transaction, by full URL, to be brought together or apart.

    To `move` is to make the visit, with all that is told of it, the survivor's.
    """

    kind: MergeKind
    survivor: str
    prior: str
    visit: str = ""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a message became.

    `event_time` is a FHIR dateTime that orders messages of the same thing (status never goes
    back). The ledger: `read` holds the leaves that are in a resource or carry structure,
    `unmapped` the places whose value is in no resource, `untranslated` codes without a target.
    `runs` holds each table that was run with what it wrote, for explanations and coverage.
    """

    entries: tuple[Entry, ...]
    identifier: JsonObject
    event_time: str
    patient: tuple[str, str]
    unmapped: tuple[Unmapped, ...]
    untranslated: tuple[Untranslated, ...]
    read: frozenset[Leaf]
    runs: tuple[tuple[Table, Trace], ...] = ()
    complete: tuple[Complete, ...] = ()
    merges: tuple[Merge, ...] = ()

    def to_bundle(self) -> JsonObject:
        """Return the transaction Bundle."""
        entries: list[JsonValue] = [entry.to_json() for entry in self.entries]
        bundle: JsonObject = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        return bundle | ({"identifier": self.identifier} if self.identifier else {})


def merge(current: JsonObject, entry: Entry) -> JsonObject:
    """Return the stored resource with a snapshot entry applied.

    Elements of the entry replace those stored, identifiers are added to, cleared paths go,
    defaults give way, members of what several fields write stand by themselves, everything else
    stays. What happened before the stored event changes nothing.
    """
    if is_late(current, entry.resource):
        return current
    merged = dict(current)
    for path in entry.cleared:
        _clear(merged, path)
    for name, value in entry.resource.items():
        if name in entry.defaults and name in current:
            continue
        if name == "status" and current.get(name) in entry.stays:
            continue
        is_joined = name in entry.joined or name in ALWAYS_JOINED
        merged[name] = _joined(name, merged.get(name), value, is_joined=is_joined)
    return merged


def _clear(resource: JsonObject, path: str) -> None:
    """Take away an element or one member of it, and the element when nothing else is in it."""
    name, _, member = path.partition(".")
    element = resource.get(name)
    if not member:
        resource.pop(name, None)
    elif isinstance(element, dict):
        resource[name] = {one: value for one, value in element.items() if one != member}
        if not resource[name]:
            del resource[name]


def _joined(name: str, old: JsonValue, new: JsonValue, *, is_joined: bool) -> JsonValue:
    """Return the element after a snapshot: its value is the new one, but for joined elements."""
    if name in COMPOSED and isinstance(old, dict) and isinstance(new, dict):
        return old | new
    if is_joined and isinstance(old, list) and isinstance(new, list):
        return _in_place(old, new, JOINED[name])
    return new


def _in_place(
    old: list[JsonValue], new: list[JsonValue], key: Callable[[JsonValue], JsonValue]
) -> list[JsonValue]:
    """Return the stored items with those told in the place of their like, others at the end."""
    told = [key(item) for item in new]
    kept = [key(item) for item in old]
    before: list[JsonValue] = []
    for at, item in enumerate(old):
        if kept[at] not in told:
            before.append(item)
        elif kept[at] not in kept[:at]:
            before += [one for one, name in zip(new, told, strict=True) if name == kept[at]]
    return [*before, *(one for one, name in zip(new, told, strict=True) if name not in kept)]


def _key(identifier: JsonValue) -> JsonValue:
    """Return what tells an identifier from others: its system and value."""
    return [*read(identifier, "system"), *read(identifier, "value")]


def _kind(one: JsonValue) -> JsonValue:
    """Return what tells a class of a coverage from others: its type."""
    return list(read(one, "type.coding.code"))


def _url(extension: JsonValue) -> JsonValue:
    """Return what tells an extension from others."""
    return list(read(extension, "url"))


def _actor(participant: JsonValue) -> JsonValue:
    """Return who takes part: by number, else by name; the patients of a message together."""
    actor = read(participant, "actor")
    number = read(actor[0], "identifier.value") if actor else []
    return number or [one for part in actor for one in read(part, "display")]


def _person(contact: JsonValue) -> JsonValue:
    """Return what tells a contact from others: the name and the relationship."""
    return [*read(contact, "name"), *read(contact, "relationship.coding.code")]


JOINED: Mapping[str, Callable[[JsonValue], JsonValue]] = {
    "identifier": _key,
    "class": _kind,
    "extension": _url,
    "participant": _actor,
    "contact": _person,
}
"""Lists whose items are told apart: those sent replace their like, the others stay."""
ALWAYS_JOINED = ("identifier", "class", "extension")
