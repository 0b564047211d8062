"""The three claims: which guide, tables, roles and loops belong to each type of Claim."""

from collections.abc import Mapping
from dataclasses import dataclass

from mappers.fhir_x12 import claim_table, line_table, party_table
from mappers.fhir_x12.health_code import ClaimKind
from mappers.fhir_x12.party_table import place, provider
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.segment import LoopMap
from mappers.fhir_x12.step import codes_of
from mappers.path import JsonObject


@dataclass(frozen=True, slots=True)
class RoleLoop:
    """Where providers of some roles (NM101) stand; `most` of them."""

    loop: LoopRun
    roles: tuple[str, ...]
    most: int = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of claim.

    `team` are the loops of the whole claim, `line_team` those of a line; `places` those of
    facilities by NM101, of the claim and of a line; `known` the loops of providers as another
    payer knows them, by NM101.
    """

    name: ClaimKind
    guide: str
    head: LoopRun
    line: LoopRun
    team: tuple[RoleLoop, ...]
    line_team: tuple[RoleLoop, ...]
    places: Mapping[str, LoopRun]
    line_places: Mapping[str, LoopRun]
    known: Mapping[str, str]


def _role(loop: LoopMap, *roles: str, most: int = 1) -> RoleLoop:
    return RoleLoop(LoopRun(loop), roles, most)


PROFESSIONAL = Kind(
    "professional",
    "837P",
    LoopRun(claim_table.PROFESSIONAL),
    LoopRun(line_table.PROFESSIONAL_LINE),
    (
        _role(party_table.REFERRING, "DN", "P3", most=2),
        _role(party_table.RENDERING, "82"),
        _role(party_table.SUPERVISING, "DQ"),
    ),
    (
        _role(provider("2420A", "82", specialty="PE"), "82"),
        _role(provider("2420B", "QB"), "QB"),
        _role(provider("2420D", "DQ"), "DQ"),
        _role(provider("2420E", "DK", address=True), "DK"),
        _role(provider("2420F", "DN", "P3"), "DN", "P3", most=2),
    ),
    {
        "77": LoopRun(party_table.FACILITY),
        "PW": LoopRun(party_table.PICK_UP),
        "45": LoopRun(party_table.DROP_OFF),
    },
    {
        "77": LoopRun(place("2420C", "77")),
        "PW": LoopRun(place("2420G", "PW")),
        "45": LoopRun(place("2420H", "45")),
    },
    {
        "DN": "2330C",
        "P3": "2330C",
        "82": "2330D",
        "77": "2330E",
        "DQ": "2330F",
        "85": "2330G",
    },
)
INSTITUTIONAL = Kind(
    "institutional",
    "837I",
    LoopRun(claim_table.INSTITUTIONAL),
    LoopRun(line_table.INSTITUTIONAL_LINE),
    (
        _role(party_table.ATTENDING, "71"),
        _role(party_table.OPERATING, "72"),
        _role(party_table.OTHER_OPERATING, "ZZ"),
        _role(provider("2310D", "82"), "82"),
        _role(provider("2310F", "DN"), "DN"),
    ),
    (
        _role(provider("2420A", "72"), "72"),
        _role(provider("2420B", "ZZ"), "ZZ"),
        _role(provider("2420C", "82"), "82"),
        _role(provider("2420D", "DN"), "DN"),
    ),
    {"77": LoopRun(place("2310E", "77"))},
    {},
    {
        "71": "2330C",
        "72": "2330D",
        "ZZ": "2330E",
        "77": "2330F",
        "82": "2330G",
        "DN": "2330H",
        "85": "2330I",
    },
)
ORAL = Kind(
    "oral",
    "837D",
    LoopRun(claim_table.DENTAL),
    LoopRun(line_table.DENTAL_LINE),
    (
        _role(provider("2310A", "DN", "P3", specialty="RF"), "DN", "P3", most=2),
        _role(provider("2310B", "82", npi=True, specialty="PE"), "82"),
        _role(provider("2310D", "DD", specialty="AS"), "DD"),
        _role(provider("2310E", "DQ"), "DQ"),
    ),
    (
        _role(provider("2420A", "82", specialty="PE"), "82"),
        _role(provider("2420B", "DD", specialty="AS"), "DD"),
        _role(provider("2420C", "DQ"), "DQ"),
    ),
    {"77": LoopRun(place("2310C", "77"))},
    {"77": LoopRun(place("2420D", "77"))},
    {
        "DN": "2330C",
        "P3": "2330C",
        "82": "2330D",
        "DQ": "2330E",
        "85": "2330F",
        "77": "2330G",
        "DD": "2330H",
    },
)
KINDS: Mapping[str, Kind] = {one.name: one for one in (PROFESSIONAL, INSTITUTIONAL, ORAL)}
BY_GUIDE: Mapping[str, Kind] = {one.guide: one for one in KINDS.values()}


def kind_of(claim: JsonObject) -> Kind:
    """Return which claim it is by Claim.type; professional where it does not say."""
    codes = codes_of(claim.get("type"))
    found = (KINDS[str(code)] for code in codes if str(code) in KINDS)
    return next(found, PROFESSIONAL)
