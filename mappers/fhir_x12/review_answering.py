"""ClaimResponse of Da Vinci PAS to the answer of a review, 278: what a payer sends back.

The levels above the event are those of the claim that was asked about; without it, of the
patient, insurer, requestor and coverage the response names.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from mappers.fhir_x12 import pas
from mappers.fhir_x12 import review_table as table
from mappers.fhir_x12.review_278 import RUNS, Asking
from mappers.fhir_x12.review_answer import REVIEW_TRACE
from mappers.fhir_x12.review_detail import authorized_by
from mappers.fhir_x12.review_information import communicated_by, informed_by
from mappers.fhir_x12.review_level import level, leveled
from mappers.fhir_x12.review_party import ReviewParties, provider_subject, review_parties
from mappers.fhir_x12.review_refusal import refused
from mappers.fhir_x12.review_request import asked_by
from mappers.fhir_x12.review_service import forms_of, traces
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.segment import LoopMap, Notes
from mappers.fhir_x12.system import EXTENSION
from mappers.path import JsonObject, JsonValue, read, text
from mappers.x12.tree import Node, Seg, node, seg

Answering = Literal["response", "inquiry-response"]
PURPOSES: Mapping[Answering, str] = {"response": "11", "inquiry-response": "49"}
FINAL, MORE_TO_COME = "18", "19"
_SERVICE_LOOP = LoopMap("2010FA", "Claim.careTeam.provider", table.SERVICE_PROVIDER.segments)
_RUNS: Mapping[str, LoopRun] = {
    "2000E": LoopRun(table.DECIDED_EVENT),
    "2000F": LoopRun(table.DECIDED_SERVICE),
    "2010FA": LoopRun(_SERVICE_LOOP),
}
_PROVIDERS = f"extension[url={pas.url('itemAuthorizedProvider')}]"
_INHERITED: tuple[tuple[str, str, str], ...] = (  # of the event, of the item, its value
    (f"extension[url={table.ISSUED}].valueDate", "itemPreAuthIssueDate", "valueDate"),
    ("preAuthPeriod", "itemPreAuthPeriod", "valuePeriod"),
)


def response_278(
    response: JsonObject,
    claim: JsonObject,
    resources: Mapping[str, JsonObject],
    asking: Asking,
    purpose: Answering = "response",
) -> Node:
    """Return the transaction set of a ClaimResponse, for the writer; `claim` may be empty."""
    return _Builder(response, claim or _claim_of(response), resources, asking, purpose).root()


def _claim_of(response: JsonObject) -> JsonObject:
    """Return who a response speaks of, in the form of a claim."""
    made: JsonObject = {"resourceType": "Claim"}
    for name, source in (
        ("patient", "patient"),
        ("insurer", "insurer"),
        ("provider", "requestor"),
        ("insurance", "insurance"),
        ("type", "type"),
    ):
        if source in response:
            made[name] = response[source]
    return made


@dataclass(slots=True)
class _Builder:
    """One response on its way to a tree."""

    response: JsonObject
    claim: JsonObject
    resources: Mapping[str, JsonObject]
    asking: Asking
    purpose: Answering
    _refused: Mapping[tuple[str, int], list[Seg]] = field(default_factory=dict)
    _requests: dict[int, JsonObject] = field(default_factory=dict)

    def root(self) -> Node:
        """Return the set."""
        asking = self.asking
        is_open = self.response.get("outcome") in ("queued", "partial")
        header = seg(
            "BHT",
            "0007",
            PURPOSES[self.purpose],
            asking.reference,
            f"{asking.written:%Y%m%d}",
            f"{asking.written:%H%M}",
            MORE_TO_COME if is_open else FINAL,
        )
        self._refused = refused(read(self.response, "error"))
        self._ask()
        people = review_parties(self.claim, self.resources)
        reviewer = [level("20"), *self._told("2000A")]
        umo = self._loop("2010A", RUNS["UMO"], people.umo)
        levels = node("2000A", reviewer, [umo, *self._requester(people)])
        return leveled(node("278", [header], [levels]))

    def _ask(self) -> None:
        """Gather what is asked for, by item; 0 for the event."""
        for reference in read(self.response, "communicationRequest.reference"):
            found = self.resources.get(text(reference))
            if found is None:
                continue
            number, members = asked_by(found)
            held = self._requests.setdefault(number, {})
            for name, value in members.items():
                held[name] = [*read(held, name), *read({name: value}, name)]

    def _requester(self, people: ReviewParties) -> Iterator[Node]:
        if not people.requester:
            return
        loop = self._loop("2010B", RUNS["REQUESTER"], people.requester)
        below = [self._subscriber(people)] if people.subscriber.get("name") else []
        yield node("2000B", [level("21")], [loop, *below])

    def _subscriber(self, people: ReviewParties) -> Node:
        loop = self._loop("2010C", RUNS["SUBSCRIBER"], people.subscriber)
        if people.is_own:
            return node("2000C", [level("22")], [loop, *self._event()])
        dependent = self._loop("2010D", RUNS["DEPENDENT"], people.patient)
        below = node("2000D", [level("23")], [dependent, *self._event()])
        return node("2000C", [level("22")], [loop, below])

    def _event(self) -> Iterator[Node]:
        """Yield the event, unless the payer refused the question before it looked at it."""
        told = self._told("2000E")
        decided = read(self.response, "item") or read(self.response, "adjudication")
        if not (told or decided or read(self.response, "communicationRequest")):
            return
        segments = [
            level("EV"),
            *told,
            *self._segments("2000E", _RUNS["2000E"], self._event_subject()),
        ]
        providers = self._providers(self.response, "event", "2010EA", RUNS["2010EA"])
        yield node("2000E", segments, [*providers, *self._services()])

    def _event_subject(self) -> JsonObject:
        response = self.response
        event = informed_by(response)
        for name in ("authorization", "administration"):
            found = read(response, f"extension[url={EXTENSION}/review-{name}].valueString")
            if found:
                event[name] = found[0]
        ours, own = _split(read(response, "identifier"))
        subject: JsonObject = {
            **response,
            "identifier": [self._traced(one) for one in ours],
            "ownTrace": own,
            "event": event,
            "diagnosis": communicated_by(response),
            **self._messages(response, None),
        }
        return self._with_asks(subject, 0)

    def _with_asks(self, subject: JsonObject, number: int) -> JsonObject:
        for name, value in self._requests.get(number, {}).items():
            subject[name] = [*read(subject, name), *read({name: value}, name)]
        return subject

    def _messages(self, owner: JsonObject, item: JsonObject | None) -> JsonObject:
        """Return the notes of an item; without an item, those that no item refers to."""
        notes = read(self.response, "processNote")
        everywhere = read(owner, "item.noteNumber")
        own = read(item, "noteNumber") if item is not None else everywhere
        words = [
            text(value)
            for one in notes
            for value in read(one, "text")
            if bool(set(map(text, read(one, "number"))) & set(map(text, own))) == (item is not None)
        ]
        return {"message": " ".join(words)} if words else {}

    def _services(self) -> Iterator[Node]:
        forms = forms_of(self.response)
        contained = read(self.response, "contained")
        for item in read(self.response, "item"):
            if not isinstance(item, dict):
                continue
            sequence = item.get("itemSequence")
            number = sequence if isinstance(sequence, int) else 0
            ours, own = _split(traces(item))
            event = informed_by(item)
            subject: JsonObject = {
                **self._unlike_event(item),
                "trace": [self._traced(one) for one in ours or self._asked_trace(number)],
                "ownTrace": own,
                "diagnosis": communicated_by(item),
                **authorized_by(item, forms, contained),
                **self._messages(self.response, item),
            }
            if "category" in subject and "requestType" in event:
                event.setdefault("category", subject["category"])
            subject["event"] = event
            told = self._told("2000F", number)
            segments = self._segments("2000F", _RUNS["2000F"], self._with_asks(subject, number))
            providers = self._providers(
                item, f"service-{number}", "2010FA", _RUNS["2010FA"], number
            )
            yield node("2000F", [level("SS"), *told, *segments], providers)

    def _asked_trace(self, number: int) -> list[JsonValue]:
        """Return the trace numbers the item was asked with."""
        items = (
            one
            for one in read(self.claim, "item")
            if isinstance(one, dict) and one.get("sequence") == number
        )
        return traces(next(items, {}))

    def _unlike_event(self, item: JsonObject) -> JsonObject:
        """Return an item without what its event says already."""
        made = dict(item)
        if item.get("adjudication") == self.response.get("adjudication") or not any(
            read(item, "adjudication.extension")
        ):
            made.pop("adjudication", None)
        inherited = {
            pas.url(name): value
            for path, name, _ in _INHERITED
            for value in read(self.response, path)
        }
        made["extension"] = [
            one for one in read(item, "extension") if not _is_inherited(one, inherited)
        ]
        return made

    def _providers(
        self, owner: JsonObject, prefix: str, loop: str, run: LoopRun, number: int = 0
    ) -> list[Node]:
        """Return the providers of the event or of an item: those contained under its name."""
        found = _PROVIDERS if prefix != "event" else f"item.{_PROVIDERS}"
        named = dict.fromkeys(
            text(one)
            for one in read(owner, f"{found}.extension[url=provider].valueReference.reference")
        )
        types = {
            text(name): role
            for one in read(owner, found)
            for name in read(one, "extension[url=provider].valueReference.reference")
            for role in read(one, "extension[url=providerType].valueCodeableConcept.coding.code")
        }
        made = []
        for name in named:
            is_event = name.startswith("#event-")
            if is_event != (prefix == "event"):
                continue
            resource = self._resource(name)
            if resource:
                subject = provider_subject(resource, text(types.get(name, "SJ")))
                told = self._told(loop, number)
                made.append(node(loop, [*self._segments(loop, run, subject), *told]))
        return made

    def _resource(self, reference: str) -> JsonObject:
        contained = read(self.response, "contained")
        own = (one for one in contained if read(one, "id") == [reference.removeprefix("#")])
        found = next(own, None) if reference.startswith("#") else self.resources.get(reference)
        return found if isinstance(found, dict) else {}

    def _traced(self, identifier: JsonValue) -> JsonValue:
        if not isinstance(identifier, dict) or read(identifier, "assigner.identifier.value"):
            return identifier
        return {**identifier, "assigner": {"identifier": {"value": self.asking.originator}}}

    def _told(self, loop: str, number: int = 0) -> list[Seg]:
        return list(self._refused.get((loop, number), ()))

    def _loop(self, id: str, run: LoopRun, subject: JsonObject) -> Node:
        return node(id, [*self._segments(id, run, subject), *self._told(id)])

    def _segments(self, id: str, run: LoopRun, subject: JsonObject) -> list[Seg]:
        return run.write(subject, Notes(id, run.spec.subject, []))


def _is_inherited(extension: JsonValue, inherited: Mapping[str, JsonValue]) -> bool:
    if not isinstance(extension, dict):
        return False
    value = inherited.get(text(extension.get("url")))
    held = (extension.get("valueDate"), extension.get("valuePeriod"))
    return value is not None and value in held


def _split(
    identifiers: Sequence[JsonValue],
) -> tuple[list[JsonValue], list[JsonValue]]:
    """Return the trace numbers of the question and the payer's own."""
    own = [one for one in identifiers if read(one, "system") == [REVIEW_TRACE]]
    return [one for one in identifiers if one not in own], own
