"""The answer to a review, 278: ClaimResponse of Da Vinci PAS, one for each event.

A decision of the event holds for its items; an item that says more has its own. Providers the
payer names are contained, documents it asks for are CommunicationRequests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mappers.fhir_x12 import pas
from mappers.fhir_x12 import review_table as table
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.review_detail import authorized
from mappers.fhir_x12.review_information import communicated, information
from mappers.fhir_x12.review_people import member, read_party, reference_to, related
from mappers.fhir_x12.review_refusal import refusals
from mappers.fhir_x12.review_request import request_for
from mappers.fhir_x12.review_walk import ReadEvent, read_events
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.system import ADJUDICATION, CLAIM_TYPE, EXTENSION
from mappers.path import JsonObject, JsonValue, read, text
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode

REVIEW_TRACE = "https://parity.example/fhir/NamingSystem/review-trace"
"""The payer's own trace numbers (TRN01 1)."""
DISPOSITIONS: Mapping[str, str] = {  # HCR01: our words
    "A1": "certified in total",
    "A2": "certified in part",
    "A3": "not certified",
    "A4": "pended",
    "A6": "modified",
    "C": "cancelled",
    "CT": "the payer wants to be contacted",
    "NA": "no review is needed",
}
PENDED = ("A4", "CT")
GRANTED = ("A1", "A2", "A6", "NA")
_CODE = (
    f"extension[url={pas.url('reviewAction')}]"
    f".extension[url={pas.url('reviewActionCode')}].valueCodeableConcept"
)
ACTION = getter("adjudication[0]." + pas.code("306", _CODE))
NUMBER = getter(
    f"adjudication[0].extension[url={pas.url('reviewAction')}].extension[url=number].valueString"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One event answered: its ClaimResponse, what it refers to, the places nothing was read from.

    `traces` are the numbers of the question it answers.
    """

    response: JsonObject
    others: tuple[JsonObject, ...]
    traces: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What the answer says that has no place in FHIR, by X12 place; no values."""
        return tuple(
            f"{place} has no element in FHIR and stands in the text alone" for place in self.lost
        )

    @property
    def requests(self) -> tuple[JsonObject, ...]:
        """The requests for documents."""
        return tuple(one for one in self.others if one["resourceType"] == "CommunicationRequest")


@dataclass(frozen=True, slots=True)
class Context:
    """The claim that was asked about, if it is known, and when the answer came."""

    created: str
    claim: JsonObject = field(default_factory=dict)


def answers(root: LoopNode, context: Context) -> tuple[Answer, ...]:
    """Return the answers of a 278 response; one of refusals alone where no event is reached."""
    events = tuple(read_events(root))
    if not events:
        return (_refused(root, context),)
    return tuple(_Reading(one, context).answer() for one in events)


def _refused(root: LoopNode, context: Context) -> Answer:
    """Return the answer to a question whose event the payer never looked at."""
    errors = [error for loop in root.walk() for error in refusals(loop)]
    told = errors or [{"code": {"text": "the answer holds neither a decision nor a reason"}}]
    patient: JsonValue = context.claim.get("patient", {"display": "the patient of the request"})
    insurer: JsonValue = context.claim.get("insurer", {"display": "the payer"})
    response = _response(context, "error", {"patient": patient, "insurer": insurer})
    response["error"] = list[JsonValue](told)
    return Answer(response, (), (), ())


def _response(context: Context, outcome: str, parties: JsonObject) -> JsonObject:
    claim = context.claim
    made: JsonObject = {
        "resourceType": "ClaimResponse",
        "meta": {"profile": [pas.RESPONSE]},
        "status": "active",
        "type": claim.get("type", {"coding": [{"system": CLAIM_TYPE, "code": "professional"}]}),
        "use": "preauthorization",
        **parties,
        "created": context.created,
    }
    requestor = claim.get("provider")
    if requestor is not None:
        made.setdefault("requestor", requestor)
    if claim.get("id"):
        made["request"] = {"reference": f"Claim/{claim['id']}"}
    return {**made, "outcome": outcome}


@dataclass(slots=True)
class _Reading:
    """One event on its way into a ClaimResponse."""

    read: ReadEvent
    context: Context
    others: list[JsonObject] = field(default_factory=list)
    contained: list[JsonValue] = field(default_factory=list)
    requests: list[JsonObject] = field(default_factory=list)
    notes: list[JsonValue] = field(default_factory=list)
    errors: list[JsonValue] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def answer(self) -> Answer:
        """Return the answer."""
        event: JsonObject = {}
        loop = self.read.event
        self.lost += LoopRun(table.DECIDED_EVENT).read(_own(loop), event)
        parties = self._parties()
        self._refusals()
        self._asked(event, None)
        items = self._items(event, self._providers(loop, "2010EA", "event"))
        _reviewed(event)
        outcome = self._outcome(event, items)
        response = _response(self.context, outcome, parties)
        echoed = read(event, "identifier")
        own = [_marked(one) for one in read(event, "ownTrace")]
        extensions = [*read(event, "extension"), *information(event), *communicated(event)]
        extensions += _numbers(event)
        kept: JsonObject = {
            "identifier": [*self._identified(echoed), *own],
            "extension": extensions,
            "disposition": _disposition(event, items),
            "preAuthRef": _authorization(event, items),
            "preAuthPeriod": event.get("preAuthPeriod"),
            "item": items,
            "adjudication": event.get("adjudication"),
            "processNote": self.notes,
            "communicationRequest": [
                {"reference": f"CommunicationRequest/{one['id']}"} for one in self.requests
            ],
            "error": self.errors,
            "contained": self.contained,
        }
        response |= {name: one for name, one in kept.items() if one}
        traces = tuple(text(one) for one in read(event, "identifier.value"))
        return Answer(response, (*self.others, *self.requests), traces, tuple(self.lost))

    def _identified(self, echoed: Sequence[JsonValue]) -> list[JsonValue]:
        """Return our trace numbers as we gave them, systems and all."""
        ours = {
            text(v): one
            for one in read(self.context.claim, "identifier")
            for v in read(one, "value")
        }
        return [ours.get(text(next(iter(read(one, "value")), "")), one) for one in echoed]

    def _parties(self) -> JsonObject:
        """Return patient, insurer, requestor: those of the claim asked about, else as read."""
        claim = self.context.claim
        if claim:
            return {
                name: claim[source]
                for name, source in (
                    ("patient", "patient"),
                    ("insurer", "insurer"),
                    ("requestor", "provider"),
                )
                if source in claim
            }
        return self._read_parties()

    def _read_parties(self) -> JsonObject:
        one = self.read
        insurer = read_party(one.reviewer.child("2010A"), "Practitioner", "umo")
        requestor = read_party(one.requester.child("2010B"), "Practitioner", "requestor")
        subscriber = read_party(one.subscriber.child("2010C"), "Patient", "subscriber")
        loop = one.dependent.child("2010D") if one.dependent is not None else None
        dependent = read_party(loop, "Patient", "dependent")
        found = [insurer.resource, requestor.resource, member(subscriber), dependent.resource]
        self.others += [resource for resource in found if resource]
        for party in (insurer, requestor, subscriber, dependent):
            self.lost += party.lost
        holder, payer = reference_to(subscriber.resource), reference_to(insurer.resource)
        patient = reference_to(dependent.resource) if dependent.resource else holder
        coverage: JsonObject = {
            "resourceType": "Coverage",
            "id": "coverage",
            "status": "active",
            "subscriber": holder,
            "beneficiary": patient,
            "payor": [payer],
        }
        relation = dependent.relation if dependent.resource else "18"
        if relation:
            coverage["relationship"] = related(relation)
        if subscriber.member_id:
            coverage["subscriberId"] = subscriber.member_id
        self.others.append(coverage)
        insurance: JsonObject = {"sequence": 1, "focal": True}
        insurance["coverage"] = {"reference": "Coverage/coverage"}
        return {
            "patient": patient,
            "insurer": payer,
            "requestor": reference_to(requestor.resource),
            "insurance": [insurance],
        }

    def _refusals(self) -> None:
        one = self.read
        levels = [one.reviewer, one.requester, one.subscriber, one.dependent]
        loops = [
            loop
            for level in levels
            if level is not None
            for loop in (level, *(c for c in level.children if c.id.startswith("2010")))
        ]
        loops += [one.event, *(c for c in one.event.children if c.id.startswith("2010"))]
        for loop in loops:
            self.errors += refusals(loop)

    def _items(self, event: JsonObject, providers: Sequence[JsonValue]) -> list[JsonValue]:
        loops = list(self.read.event.each("2000F"))
        matches = _Matches(self.context.claim)
        items = [self._item(one, at, event, providers, matches) for at, one in enumerate(loops, 1)]
        for sequence in matches.left() if not loops else ():
            item: JsonObject = {"itemSequence": sequence}
            self._inherit(item, event, providers)
            items.append(item)
        return list[JsonValue](items)

    def _item(
        self,
        loop: LoopNode,
        at: int,
        event: JsonObject,
        providers: Sequence[JsonValue],
        matches: "_Matches",
    ) -> JsonObject:
        subject: JsonObject = {}
        self.lost += LoopRun(table.DECIDED_SERVICE).read(_own(loop), subject)
        sequence = matches.sequence(subject, at)
        for one in (loop, *(c for c in loop.children if c.id.startswith("2010"))):
            self.errors += refusals(one, sequence)
        self._asked(subject, sequence)
        item: JsonObject = {"itemSequence": sequence}
        detail, service = authorized(subject, f"service-{sequence}")
        self.contained += service
        own = self._providers(loop, "2010FA", f"service-{sequence}")
        traces = [
            {"url": pas.url("itemTraceNumber"), "valueIdentifier": one}
            for one in (*read(subject, "trace"), *map(_marked, read(subject, "ownTrace")))
        ]
        extensions = [
            *list[JsonValue](traces),
            *read(subject, "extension"),
            *information(subject),
            *detail,
            *communicated(subject),
            *own,
        ]
        if extensions:
            item["extension"] = extensions
        if "adjudication" in subject:
            item["adjudication"] = subject["adjudication"]
        numbers = read(subject, "noteNumber")
        if numbers:
            item["noteNumber"] = numbers
        self._inherit(item, event, () if own else providers)
        return item

    def _inherit(self, item: JsonObject, event: JsonObject, providers: Sequence[JsonValue]) -> None:
        """Give an item what its event says for all: decision, period, day of issue, providers."""
        held = read(item, "extension")
        urls = {text(one) for one in read(item, "extension.url")}
        for name, held_as, value in (
            ("itemPreAuthIssueDate", "valueDate", _issued(event)),
            ("itemPreAuthPeriod", "valuePeriod", event.get("preAuthPeriod")),
        ):
            if value and pas.url(name) not in urls:
                held.append({"url": pas.url(name), held_as: value})
        held += providers
        if held:
            item["extension"] = held
        if "adjudication" not in item:
            found = event.get("adjudication")
            item["adjudication"] = found or [{}]
        _reviewed(item)

    def _providers(self, loop: LoopNode, id: str, prefix: str) -> list[JsonValue]:
        """Take in the providers of a loop; return the extensions that name them."""
        made: list[JsonValue] = []
        for at, one in enumerate(loop.each(id), 1):
            name = f"{prefix}-provider-{at}"
            party = read_party(one, "Practitioner", name)
            self.lost += party.lost
            self.contained.append(party.resource)
            parts: list[JsonValue] = [
                {"url": "provider", "valueReference": {"reference": f"#{name}"}},
                {
                    "url": "providerType",
                    "valueCodeableConcept": {
                        "coding": [{"system": pas.system("98"), "code": party.role}]
                    },
                },
            ]
            made.append({"url": pas.url("itemAuthorizedProvider"), "extension": parts})
        return made

    def _asked(self, subject: JsonObject, sequence: int | None) -> None:
        """Take in the documents the payer asks for, and its message."""
        for one in request_for(subject, sequence):
            number = len(self.requests) + 1
            self.requests.append({**one, "id": f"request-{number}"})
        message = subject.get("message")
        if message:
            number = len(self.notes) + 1
            self.notes.append({"number": number, "type": "display", "text": message})
            subject["noteNumber"] = [number]

    def _outcome(self, event: JsonObject, items: Sequence[JsonValue]) -> str:
        found = [ACTION(one) for one in items] or [ACTION(event)]
        told = [one for one in found if one]
        if not told:
            return "error" if self.errors else "queued"
        if all(one in PENDED for one in told):
            return "queued"
        is_open = any(one in PENDED for one in told) or len(told) < len(found) or self.errors
        return "partial" if is_open else "complete"


@dataclass(slots=True)
class _Matches:
    """Finds the item of the claim a service answers: by its trace number, else by its place."""

    claim: JsonObject
    taken: set[int] = field(default_factory=set)

    def sequence(self, subject: JsonObject, at: int) -> int:
        """Return the sequence of the item; `at` where the claim is not known or has no such one."""
        told = {text(one) for one in read(subject, "trace.value")}
        number = text(next(iter(read(self.claim, "identifier.value")), ""))
        chosen = at
        for index, item in enumerate(read(self.claim, "item"), 1):
            sequence = _sequence(item, index)
            own = f"{pas.extension('itemTraceNumber')}.valueIdentifier.value"
            names = {text(one) for one in read(item, own)} | {f"{number}-{sequence}"}
            if not names.isdisjoint(told):
                chosen = sequence
                break
        else:
            sequences = [_sequence(one, i) for i, one in enumerate(read(self.claim, "item"), 1)]
            chosen = sequences[at - 1] if at <= len(sequences) else at
        self.taken.add(chosen)
        return chosen

    def left(self) -> list[int]:
        """Return the items no service answered."""
        every = [_sequence(one, at) for at, one in enumerate(read(self.claim, "item"), 1)]
        return [one for one in every if one not in self.taken]


def _sequence(item: JsonValue, at: int) -> int:
    found = item.get("sequence") if isinstance(item, dict) else None
    return found if isinstance(found, int) else at


def _own(loop: LoopNode) -> list[Segment]:
    return [one for one in loop.segments if one.id not in {"HL", "AAA"}]


def _marked(trace: JsonValue) -> JsonValue:
    return {"system": REVIEW_TRACE, **trace} if isinstance(trace, dict) else trace


def _reviewed(owner: JsonObject) -> None:
    """Give the adjudication of a review its fixed category."""
    category: JsonObject = {"coding": [{"system": ADJUDICATION, "code": "submitted"}]}
    found = owner.get("adjudication")
    if isinstance(found, list):
        owner["adjudication"] = [
            {**one, "category": category} for one in found if isinstance(one, dict)
        ]


def _issued(event: JsonObject) -> JsonValue:
    return next(iter(read(event, f"extension[url={table.ISSUED}].valueDate")), None)


def _numbers(event: JsonObject) -> list[JsonValue]:
    return [
        {"url": f"{EXTENSION}/review-{name}", "valueString": value}
        for name in ("authorization", "administration")
        for value in read(event, f"event.{name}")
    ]


def _authorization(event: JsonObject, items: Sequence[JsonValue]) -> JsonValue:
    """Return the number that claims bear: of the event, else of the first item granted."""
    own = NUMBER(event)
    if own and ACTION(event) not in ("A3", "C", *PENDED):
        return own
    granted = (NUMBER(one) for one in items if ACTION(one) in GRANTED)
    return next((one for one in granted if one), None)


def _disposition(event: JsonObject, items: Sequence[JsonValue]) -> str:
    codes = dict.fromkeys(text(ACTION(one)) for one in items or (event,))
    return ", ".join(DISPOSITIONS[one] for one in codes if one in DISPOSITIONS)
