"""A claim as the bytes of an interchange: scrubbed, mapped, written, and judged. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fhir_server.billing.envelope import envelope_of
from fhir_server.billing.scrub import Subject, scrub
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Invalid, Issue
from fhir_server.store.partners import Directory, Partner, Party
from mappers.fhir_x12.claim_837 import claim_837
from mappers.fhir_x12.claim_kind import kind_of
from mappers.fhir_x12.exchange import Exchange
from mappers.fhir_x12.party import parties
from mappers.fhir_x12.problem import NotMappable, Problem
from mappers.fhir_x12.system import PAYER_ID
from mappers.path import read
from mappers.x12.check import check
from mappers.x12.findings import Finding
from mappers.x12.grammar import Guide
from mappers.x12.sets import guide_of
from mappers.x12.writer import Envelope, NotWritable, SetBody, write

SET_CONTROL = "0001"
_CODES = {
    "missing": "required",
    "unresolved": "not-found",
    "untranslated": "code-invalid",
    "too-long": "value",
    "bad-value": "value",
}


def payer_id(claim: JsonObject, resources: Mapping[str, JsonObject]) -> str:
    """Return the id of the payer a claim goes to, empty where it is not known."""
    payer = parties(claim, resources)[0].payer
    found = read(payer, f"identifier[system={PAYER_ID}].value")
    return str(found[0]) if found else ""


def issues_of(
    claim: JsonObject, resources: Mapping[str, JsonObject], now: datetime
) -> tuple[Issue, ...]:
    """Return what the scrub rules say of a claim on this day."""
    return scrub(Subject(claim, resources, now.date()))


def emit(
    claim: JsonObject,
    resources: Mapping[str, JsonObject],
    partner: Partner,
    control: int,
    now: datetime,
) -> bytes:
    """Return the interchange of a claim under this control number (ISA13, GS06, BHT03).

    Raises Invalid with every issue: of the scrub rules, of what X12 needs and is not there, and
    of the finished text, judged like a text that arrives.
    """
    issues = [one for one in issues_of(claim, resources, now) if one.severity == "error"]
    try:
        habit = partner.habit(payer_id(claim, resources))
        tree = claim_837(claim, resources, exchange_of(partner, control, now), habit)
    except NotMappable as error:
        issues += [issue_of(one) for one in error.problems]
    if issues:
        raise Invalid("the claim cannot be submitted", issues=issues)
    guide = guide_for(kind_of(claim).guide)
    return judged(guide, [SetBody(SET_CONTROL, tree)], envelope_of(partner, control, now))


def exchange_of(partner: Partner, control: int, now: datetime) -> Exchange:
    """Return the facts of the exchange: BHT03 is the control number."""
    return Exchange(
        partner.own.id,
        partner.other.id,
        partner.other.name or partner.name,
        f"{control:09d}",
        now,
        partner.own.name,
    )


def judged(guide: Guide, sets: Sequence[SetBody], envelope: Envelope) -> bytes:
    """Return the interchange of these sets. Raises Invalid where the finished text is refused."""
    try:
        data = write(guide, sets, envelope)
    except NotWritable as error:
        raise _refused(error.findings) from None
    report = check(data, "claim")
    if report.verdict == "rejected":
        raise _refused([one for one in report.findings if one.severity == "error"])
    return data


def guide_for(kind: str) -> Guide:
    """Return the implementation guide of claims (`837P`). Raises Invalid where there is none."""
    guide = guide_of(kind)
    if guide is None:
        raise Invalid("there is no implementation guide for this claim", expression="Claim.type")
    return guide


def issue_of(problem: Problem) -> Issue:
    """Return a problem of the map as an issue at its FHIR element."""
    diagnostics = f"{problem.path}: {problem.message} ({problem.place})"
    return Issue("error", _CODES[problem.kind], diagnostics, problem.path, f"x12-{problem.kind}")


def _refused(findings: Sequence[Finding]) -> Invalid:
    """Return the error for a text the codec does not accept, by X12 place."""
    issues = [
        Issue("error", "invalid", f"{one.place}: {one.message}", _element(one), one.id)
        for one in findings
    ]
    return Invalid("the claim cannot be said in X12", issues=issues)


def _element(finding: Finding) -> str | None:
    """Return the FHIR element an X12 place is written from, where the loop tells it."""
    by_loop = (path for loop, path in _LOOPS if finding.loop.startswith(loop))
    return finding.path or next(by_loop, "Claim")


_LOOPS = (
    ("1000", "Claim.provider"),
    ("2000A", "Claim.provider"),
    ("2010A", "Claim.provider"),
    ("2010BA", "Claim.insurance.coverage"),
    ("2010BB", "Claim.insurer"),
    ("2000B", "Claim.insurance.coverage"),
    ("2000C", "Claim.patient"),
    ("2010CA", "Claim.patient"),
    ("2310C", "Claim.facility"),
    ("2310", "Claim.careTeam.provider"),
    ("24", "Claim.item"),
)


def unaddressed(payer: str) -> Partner:
    """Return the partner by which a claim is shown when none is configured for its payer."""
    own, other = Party("PARITY"), Party(payer[:15].ljust(2, "0"))
    return Partner("", payer or "NOT KNOWN", own, other, Directory("", ""))
