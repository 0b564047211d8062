"""Loop 2300 of one claim: its segments, its providers, other payers and lines."""

from collections.abc import Iterator, Mapping, Sequence

from mappers.fhir_x12 import adjudication, coverage_table, line_table, party_table
from mappers.fhir_x12.claim_kind import Kind, RoleLoop
from mappers.fhir_x12.health_code import HealthCodes, health_codes
from mappers.fhir_x12.line import line_control, line_subject
from mappers.fhir_x12.locate import every, getter
from mappers.fhir_x12.memo import Memo
from mappers.fhir_x12.modifier import AS_TOLD, Habit, modifiers_of
from mappers.fhir_x12.party import Member, OtherCover, Parties, npi, preferred
from mappers.fhir_x12.prepare import line_place, place_of, prepared_claim
from mappers.fhir_x12.problem import Problem
from mappers.fhir_x12.provider import holder, member, payer_number
from mappers.fhir_x12.reference import follow
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.segment import Notes
from mappers.fhir_x12.step import steps
from mappers.fhir_x12.system import NDC, extension
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.tree import Node, Seg, node, seg

_OTHER = LoopRun(coverage_table.OTHER_COVERAGE)
_CONSENTS, _ANSWER = LoopRun(coverage_table.CONSENTS), LoopRun(coverage_table.PRIOR_ANSWER)
_OTHER_SUBSCRIBER = LoopRun(party_table.OTHER_SUBSCRIBER)
_OTHER_PAYER = LoopRun(party_table.OTHER_PAYER)
_PAYMENT = LoopRun(coverage_table.PRIOR_PAYMENT)
_OTHER_INSURANCE = LoopRun(coverage_table.OTHER_INSURANCE)
_DRUG, _FORM = LoopRun(line_table.DRUG), LoopRun(line_table.FORM_LOOP)
_PLACES = {
    "PW": extension("ambulance-pick-up"),
    "45": extension("ambulance-drop-off"),
    "77": extension("line-facility"),
}
_PLACE = {code: getter(f"{path}.valueReference") for code, path in _PLACES.items()}
_REPEATED = getter(f"{extension('provider-repeated')}.valueBoolean")
_FORMS, _KNOWN = steps(extension("form"))[0], steps(extension("provider-at-payer"))[0]
_CONTROL = getter(f"{extension('line-control-number')}.valueString")
_KNOWN_PARTS = tuple(
    getter(f"extension[url={name}].{value}")
    for name, value in (
        ("role", "valueCode"),
        ("entity", "valueCode"),
        ("qualifier", "valueCode"),
        ("value", "valueString"),
    )
)


class ClaimLoop:
    """One claim; collects the problems of all its loops."""

    def __init__(
        self,
        claim: JsonObject,
        found: Parties,
        kind: Kind,
        resources: Mapping[str, JsonObject],
        problems: list[Problem],
        habit: Habit = AS_TOLD,
        memo: Memo | None = None,
    ) -> None:
        self._memo = memo or Memo()
        self._claim, self._found, self._kind = claim, found, kind
        self._resources, self._problems, self._habit = resources, problems, habit
        self._items = [one for one in read(claim, "item") if isinstance(one, dict)]
        self._codes: HealthCodes = health_codes(claim, kind.name)
        self._named = [_sequences(item) for item in self._items]
        self._general = {role.loop.spec.id: self._of_claim(role) for role in kind.team}

    def node(self) -> Node:
        """Return the loop."""
        self._problems += self._codes.problems
        prepared = prepared_claim(self._claim, self._found, self._kind, self._resources)
        segments = self._write(self._kind.head, prepared, "Claim")
        self._check_relation(prepared)
        under = [
            *self._team(),
            *self._facilities(),
            *(one for cover in self._found.others for one in [self._other(cover)]),
            *self._lines(),
        ]
        return node("2300", [*segments, *self._codes.segments], under)

    def _write(self, run: LoopRun, subject: JsonObject, name: str = "") -> list[Seg]:
        return run.write(subject, Notes(run.spec.id, name or run.spec.subject, self._problems))

    def _node(self, run: LoopRun, subject: JsonObject, name: str = "") -> Node:
        return node(run.spec.id, self._write(run, subject, name))

    def _check_relation(self, prepared: JsonObject) -> None:
        """Note a replaced or voided claim that is not named by the payer's number."""
        related = read(prepared, "related.relationship")
        if not related:
            return
        place = "2300 CLM05-3"
        if prepared.get("frequency") is None:
            path = "Claim.related.relationship.coding.code"
            message = "the code has no translation in related-claim"
            self._problems.append(Problem("untranslated", path, place, message))
        if not read(prepared, "related.reference.value"):
            path = "Claim.related.reference.value"
            self._problems.append(Problem("missing", path, "2300 REF02", "is missing"))

    def _team(self) -> Iterator[Node]:
        """Yield the providers of the whole claim."""
        for role in self._kind.team:
            for one in self._general[role.loop.spec.id]:
                if "82" in role.roles and self._is_billing(one) and not _REPEATED(one.entry):
                    continue
                yield self._member(role.loop, one)

    def _of_claim(self, role: RoleLoop) -> list[Member]:
        """Return the members in a role who act for the whole claim, not for some lines only.

        That is one whom no line names, or whom every line names that names no other in the role.
        """
        inside = [one for one in self._found.team if one.role in role.roles]
        return [one for one in inside if self._is_general(one, inside)][: role.most]

    def _is_general(self, member: Member, inside: Sequence[Member]) -> bool:
        if not any(member.sequence in one for one in self._named):
            return True
        own = {one.sequence for one in inside}
        named = [own.intersection(one) for one in self._named]
        return all(named) and member is next(
            one for one in inside if any(one.sequence in names for names in named)
        )

    def _member(self, run: LoopRun, one: Member) -> Node:
        subject = member(one.entry, one.provider)
        how = (run.spec.id, one.role, str(subject.get("taxonomy")))
        return self._memo.made(
            how, (one.provider,), self._problems, lambda: self._member_node(run, one, subject)
        )

    def _member_node(self, run: LoopRun, one: Member, subject: JsonObject) -> Node:
        made = self._node(run, subject, f"Claim.careTeam[{one.index}].provider")
        head, *rest = made.segments or (Seg("NM1", ()),)
        values = (one.role, *head.values[1:])
        return Node(made.id, (Seg(head.id, values), *rest), made.children)

    def _is_billing(self, one: Member) -> bool:
        number = npi(one.provider)
        return bool(number) and number == npi(self._found.provider)

    def _facilities(self) -> Iterator[Node]:
        if self._is_elsewhere():
            yield self._node(self._kind.places["77"], self._found.facility)
        for code in ("PW", "45"):
            yield from self._place(self._kind.places, code, self._claim)

    def _place(self, places: Mapping[str, LoopRun], code: str, owner: JsonObject) -> Iterator[Node]:
        """Yield the place an extension of the claim or line refers to."""
        reference = _PLACE[code](owner)
        if reference is not None and code in places:
            found = preferred(follow(self._claim, reference, self._resources) or {})
            if found:
                yield self._node(places[code], found)

    def _is_elsewhere(self) -> bool:
        """Tell whether the facility has an address of its own."""
        if not self._found.facility:
            return False
        here, there = (
            [read(one, f"address.{name}") for name in ("line", "postalCode")]
            for one in (self._found.provider, self._found.facility)
        )
        return here != there

    def _other(self, cover: OtherCover) -> Node:
        """Return another coverage, and what its payer answered."""
        name = f"Claim.insurance[{cover.index}]"
        order = cover.insurance.get("sequence")
        segments = [
            *self._write(_OTHER, {"order": order, **cover.coverage}, f"{name}.coverage"),
            *adjudication.adjustments(cover.answer),
            *self._write(_ANSWER, cover.answer, f"{name}.claimResponse"),
            *self._write(_CONSENTS, cover.insurance, name),
        ]
        subscriber = holder(cover.subscriber, cover.coverage)
        payer = [
            *self._write(_OTHER_PAYER, cover.payer, f"{name}.coverage.payor"),
            *self._write(_PAYMENT, self._paid(cover), f"{name}.claimResponse"),
            *self._write(_OTHER_INSURANCE, cover.insurance, name),
        ]
        return node(
            "2320",
            segments,
            [
                self._node(_OTHER_SUBSCRIBER, subscriber, f"{name}.coverage.subscriber"),
                node("2330B", payer),
                *self._known(cover),
            ],
        )

    def _paid(self, cover: OtherCover) -> JsonObject:
        """Return the answer with its date of payment unless the lines tell it."""
        numbers = (_sequence(item, at) for at, item in enumerate(self._items, 1))
        answers = (
            one for number in numbers for one in adjudication.line_answers(cover.answer, number)
        )
        if any(adjudication.paid(one) for one in answers):
            return cover.answer
        return {**cover.answer, "paidOn": next(iter(read(cover.answer, "payment.date")), None)}

    def _known(self, cover: OtherCover) -> Iterator[Node]:
        """Yield the providers as the other payer knows them."""
        by_role: dict[str, tuple[Seg, list[Seg]]] = {}
        for one in every(cover.insurance, _KNOWN):
            role, entity, qualifier, value = (get(one) for get in _KNOWN_PARTS)
            if isinstance(role, str) and isinstance(qualifier, str) and isinstance(value, str):
                head = seg("NM1", role, entity if isinstance(entity, str) else "1")
                by_role.setdefault(role, (head, []))[1].append(seg("REF", qualifier, value))
        for role, (head, references) in by_role.items():
            if role in self._kind.known:
                yield node(self._kind.known[role], [head, *references])

    def _lines(self) -> Iterator[Node]:
        number = next(iter(read(self._claim, "identifier[0].value")), "")
        for index, item in enumerate(self._items):
            sequence = _sequence(item, index + 1)
            control = _CONTROL(item) or (line_control(str(number), sequence) if number else None)
            place = place_of(self._claim, item)
            subject = line_subject(
                {**item, "modifier": modifiers_of(item, place, self._habit)},
                self._codes.positions,
                self._kind.name,
                control=control,
                has_place=line_place(self._claim, item),
            )
            segments = [
                seg("LX", index + 1),
                *self._write(self._kind.line, subject, f"Claim.item[{index}]"),
            ]
            yield node("2400", segments, [*self._under_line(index, item, segments[1:], sequence)])

    def _under_line(
        self, index: int, item: JsonObject, segments: Sequence[Seg], sequence: int
    ) -> Iterator[Node]:
        for detail in _objects(item.get("detail")):
            if _is_drug(detail):
                yield self._node(_DRUG, detail, f"Claim.item[{index}].detail")
        yield from self._line_team(item)
        for code in ("77", "PW", "45"):
            yield from self._place(self._kind.line_places, code, item)
        service = segments[0]
        for cover in self._found.others:
            payer, date = payer_number(cover.payer), read(cover.answer, "payment.date")
            for answer in adjudication.line_answers(cover.answer, sequence):
                decided = adjudication.line_payment(
                    answer, service, payer, date[0] if date else None
                )
                if decided:
                    yield node("2430", decided)
        for form in every(item, _FORMS):
            yield self._node(_FORM, form, f"Claim.item[{index}]")

    def _line_team(self, item: JsonObject) -> Iterator[Node]:
        """Yield the providers of a line who are not those of the whole claim."""
        general = {id(one) for found in self._general.values() for one in found}
        named = _sequences(item)
        if not named:
            return
        for role in self._kind.line_team:
            inside = (one for one in self._found.team if one.role in role.roles)
            own = [one for one in inside if one.sequence in named and id(one) not in general]
            for one in own[: role.most]:
                yield self._member(role.loop, one)


def _sequences(item: JsonObject) -> list[JsonValue]:
    found = item.get("careTeamSequence")
    return found if isinstance(found, list) else []


def _sequence(item: JsonObject, otherwise: int) -> int:
    found = item.get("sequence")
    return found if isinstance(found, int) else otherwise


def _objects(value: JsonValue) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _is_drug(detail: JsonObject) -> bool:
    """Tell whether a detail names a drug or product rather than a service."""
    numbered = read(detail, f"{extension('product-number')}.extension")
    return bool(read(detail, f"productOrService.coding[system={NDC}].code") or numbered)
