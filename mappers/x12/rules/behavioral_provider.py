"""Who gave a behavioral-health service (SNIP 6): rendering and supervising provider."""

from collections.abc import Iterator

from mappers.x12.rules import behavioral_table as table
from mappers.x12.rules.claim import billing, npi, procedure
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_PROFESSIONAL = ("837P",)


def _rendering_is_group(claim: View) -> Iterator[Hit]:
    rendering, biller = claim.child("2310B"), billing(claim)
    number = npi(rendering)
    if rendering is None or biller is None or not number or number != npi(biller):
        return
    if biller.opening.element(2) == "2":
        yield Hit(rendering.opening, 9)


def _rendering_specialty(claim: View) -> Iterator[Hit]:
    rendering = claim.child("2310B")
    if rendering is not None and rendering.first("PRV") is None:
        yield Hit(rendering.opening, missing="PRV")


def _supervised(claim: View) -> Iterator[Hit]:
    rendering = claim.child("2310B")
    specialty = rendering.first("PRV") if rendering is not None else None
    is_trainee = specialty is not None and specialty.element(3) == table.TRAINEE_TAXONOMY
    lines = claim.each("2400")
    marked = any(table.TRAINEE_MODIFIERS & set(procedure(line)[1]) for line in lines)
    if (is_trainee or marked) and claim.child("2310D") is None:
        yield Hit(claim.opening, missing="NM1")


def _supervisor_is_other(claim: View) -> Iterator[Hit]:
    supervisor = claim.child("2310D")
    if supervisor is not None and npi(supervisor) and npi(supervisor) == npi(claim.child("2310B")):
        yield Hit(supervisor.opening, 9)


RULES: tuple[Rule, ...] = (
    Rule(
        "rendering-is-group",
        _PROFESSIONAL,
        "2300",
        6,
        "warning",
        "the rendering provider bears the NPI of the group",
        "send the NPI of the person who gave the service",
        _rendering_is_group,
        path="Claim.careTeam.provider",
        status="A8:562",
    ),
    Rule(
        "rendering-specialty",
        _PROFESSIONAL,
        "2300",
        6,
        "warning",
        "the rendering provider's taxonomy is missing, many payers price by it",
        "send PRV*PE",
        _rendering_specialty,
        path="Claim.careTeam.qualification",
        status="A6:145",
    ),
    Rule(
        "supervisor-missing",
        _PROFESSIONAL,
        "2300",
        6,
        "warning",
        "a trainee gave the service and nobody is named as supervising",
        "send the supervising provider in 2310D",
        _supervised,
        path="Claim.careTeam.responsible",
        status="A6:21",
    ),
    Rule(
        "supervisor-is-rendering",
        _PROFESSIONAL,
        "2300",
        6,
        "warning",
        "the supervising provider is the rendering provider",
        "name the supervisor, or leave 2310D out",
        _supervisor_is_other,
        path="Claim.careTeam.responsible",
        status="A8:562",
    ),
)
