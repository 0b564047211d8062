"""FHIR Claim to professional claim, 837P (005010X222A1): the loops around the segment tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mappers.fhir_x12 import claim_table as table
from mappers.fhir_x12.line import diagnoses, line_trees
from mappers.fhir_x12.party import Member, Parties, npi, parties
from mappers.fhir_x12.problem import NotMappable, Problem
from mappers.fhir_x12.source import Loop, Trees, fill
from mappers.path import JsonObject, JsonValue, read
from mappers.rule import Table
from mappers.x12.tree import Node, Seg, node, seg


@dataclass(frozen=True, slots=True)
class Exchange:
    """Who sends the claims to whom, and when: the facts of BHT, 1000A and 1000B.

    `reference` is BHT03, the number of the batch at the submitter. Without a submitter's name the
    billing provider's stands for it.
    """

    submitter_id: str
    receiver_id: str
    receiver_name: str
    reference: str
    written: datetime
    submitter_name: str = ""


def claim_837p(claim: JsonObject, resources: Mapping[str, JsonObject], exchange: Exchange) -> Node:
    """Return the transaction set of one claim, for the writer.

    `resources` holds the referenced resources by `Type/id` (see `reference.missing`). Raises
    NotMappable with every problem at once.
    """
    found, problems = parties(claim, resources)
    builder = _Builder(claim, found, exchange)
    root = builder.root()
    problems += [one for one in builder.problems if _is_new(one, problems)]
    if problems:
        raise NotMappable(problems)
    return root


def _is_new(problem: Problem, known: Sequence[Problem]) -> bool:
    """Tell whether the problem is more than a reference already known to lead nowhere."""
    return all(
        problem.path != one.path and not problem.path.startswith(f"{one.path}.") for one in known
    )


class _Builder:
    """One claim on its way to a tree; collects the problems of all its loops."""

    def __init__(self, claim: JsonObject, found: Parties, exchange: Exchange) -> None:
        self.problems: list[Problem] = []
        self._parties = found
        self._diagnoses = diagnoses(claim)
        self._claim = _prepared_claim(claim, found)
        self._exchange = exchange
        self._trees = _trees(self._claim, found, exchange)
        self.problems += self._diagnoses.problems

    def root(self) -> Node:
        """Return the set: header, submitter, receiver, billing provider."""
        moment = self._exchange.written
        header = seg(
            "BHT",
            "0019",
            "00",
            self._exchange.reference,
            f"{moment:%Y%m%d}",
            f"{moment:%H%M}",
            "CH",
        )
        submitter = self._loop("1000A", table.SUBMITTER_NAME, table.SUBMITTER_CONTACT)
        receiver = self._loop("1000B", table.RECEIVER)
        return node("837", [header], [submitter, receiver, self._billing()])

    def _billing(self) -> Node:
        specialty = self._segments("2000A", table.BILLING_SPECIALTY)
        billing = self._loop(
            "2010AA",
            table.BILLING_NAME,
            table.BILLING_STREET,
            table.BILLING_CITY,
            table.BILLING_TAX_ID,
        )
        level = [seg("HL", "1", None, "20", "1"), *specialty]
        return node("2000A", level, [billing, self._subscriber()])

    def _subscriber(self) -> Node:
        """Return the subscriber's level, with the claim when the patient is the subscriber."""
        own = self._parties.patient_is_subscriber
        about = table.SUBSCRIBER_IS_PATIENT if own else ()
        under = [
            self._loop("2010BA", table.SUBSCRIBER_NAME, *about),
            self._loop("2010BB", table.PAYER_NAME, *self._payer_address()),
            self._claim_loop() if own else self._patient(),
        ]
        level = [seg("HL", "2", "1", "22", "0" if own else "1")]
        return node("2000B", [*level, *self._segments("2000B", table.SUBSCRIBER_LEVEL)], under)

    def _payer_address(self) -> tuple[Table, ...]:
        has_address = bool(self._parties.payer.get("address"))
        return (table.PAYER_STREET, table.PAYER_CITY) if has_address else ()

    def _patient(self) -> Node:
        level = [seg("HL", "3", "2", "23", "0"), *self._segments("2000C", table.PATIENT_LEVEL)]
        return node("2000C", level, [self._loop("2010CA", *table.PATIENT), self._claim_loop()])

    def _claim_loop(self) -> Node:
        segments = self._segments("2300", *table.CLAIM_SEGMENTS)
        under = [*self._claim_providers(), *self._lines()]
        return node("2300", [*segments, *self._diagnoses.segments], under)

    def _claim_providers(self) -> Iterator[Node]:
        yield from self._member("2310A", "DN", table.REFERRING)
        rendering = self._parties.member("82")
        if rendering is not None and not self._is_billing(rendering):
            yield self._member_loop("2310B", rendering, *table.RENDERING)
        if self._is_elsewhere():
            yield self._loop("2310C", *table.FACILITY)
        yield from self._member("2310D", "DQ", table.SUPERVISING)

    def _member(self, loop: str, role: str, name: Table) -> Iterator[Node]:
        member = self._parties.member(role)
        if member is not None:
            yield self._member_loop(loop, member, name)

    def _member_loop(self, loop: str, member: Member, *tables: Table) -> Node:
        path = f"Claim.careTeam[{member.index}]"
        trees = {"Claim.careTeam": member.entry, "Claim.careTeam.provider": member.provider}
        places = {"Claim.careTeam": path, "Claim.careTeam.provider": f"{path}.provider"}
        return self._loop(loop, *tables, more=Trees(trees, places))

    def _is_billing(self, member: Member) -> bool:
        number = npi(member.provider)
        return bool(number) and number == npi(self._parties.provider)

    def _is_elsewhere(self) -> bool:
        """Tell whether the facility has an address of its own."""
        here, there = (
            [read(one, f"address.{name}") for name in ("line", "postalCode")]
            for one in (self._parties.provider, self._parties.facility)
        )
        return bool(self._parties.facility) and here != there

    def _lines(self) -> Iterator[Node]:
        claim_rendering = self._parties.member("82")
        for index, item in enumerate(line_trees(self._claim, self._diagnoses)):
            places = {"Claim.item": f"Claim.item[{index}]"}
            more = Trees({"Claim.item": item}, places)
            segments = [seg("LX", index + 1), *self._segments("2400", *table.LINE, more=more)]
            own = self._line_rendering(item)
            differs = own is not None and own is not claim_rendering
            under = [self._member_loop("2420A", own, *table.RENDERING)] if own and differs else []
            yield node("2400", segments, under)

    def _line_rendering(self, item: JsonObject) -> Member | None:
        named = read(item, "careTeamSequence")
        team = (one for one in self._parties.team if one.role == "82" and one.sequence in named)
        return next(team, None)

    def _segments(self, loop: str, *tables: Table, more: Trees | None = None) -> list[Seg]:
        return self._fill(loop, tables, more).segments

    def _loop(self, loop: str, *tables: Table, more: Trees | None = None) -> Node:
        return node(loop, self._fill(loop, tables, more).segments)

    def _fill(self, loop: str, tables: Sequence[Table], more: Trees | None) -> Loop:
        trees = Trees({**self._trees, **more.trees}, more.places) if more else Trees(self._trees)
        filled = fill(loop, tables, trees)
        self.problems += filled.problems
        return filled


def _trees(claim: JsonObject, found: Parties, exchange: Exchange) -> dict[str, JsonObject]:
    """Return the tree for each beginning of a path."""
    groups = _of_kind(read(found.coverage, "class"), "type", "group")
    records = _of_kind(read(found.patient, "identifier"), "type", "MR")
    own = found.patient_is_subscriber
    facts: JsonObject = {
        "submitter": {"name": exchange.submitter_name, "id": exchange.submitter_id},
        "receiver": {"name": exchange.receiver_name, "id": exchange.receiver_id},
        "patientIs": "subscriber" if own else "dependent",
    }
    return {
        "Exchange": facts,
        "Claim": claim,
        "Claim.provider": found.provider,
        "Claim.patient": {**found.patient, "recordNumber": records[:1]},
        "Claim.facility": found.facility,
        "Coverage": {**found.coverage, "class": groups},
        "Coverage.subscriber": found.subscriber,
        "Coverage.payor": found.payer,
    }


def _prepared_claim(claim: JsonObject, found: Parties) -> JsonObject:
    """Return the claim with what its tables read: the focal insurance, information of kind info."""
    notes = _of_kind(read(claim, "supportingInfo"), "category", "info")
    return {
        **claim,
        "insurance": [found.insurance],
        "supportingInfo": notes,
    }


def _of_kind(values: Sequence[JsonValue], name: str, code: str) -> list[JsonValue]:
    return [one for one in values if code in read(one, f"{name}.coding.code")]
