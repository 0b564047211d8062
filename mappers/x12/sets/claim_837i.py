"""The institutional claim, 837I: 005010X223A2 (A3 accepted on read)."""

from mappers.x12.grammar import (
    Guide,
    Loop,
    SegmentUse,
    can,
    loop,
    may,
    may_parts,
    must,
    need,
    need_parts,
    needed_loop,
)
from mappers.x12.uses.batch_837 import (
    billing,
    claims,
    coverage,
    patient,
    subscriber,
)
from mappers.x12.uses.claim import (
    DELAYS,
    MODIFIERS,
    OWN_IDS,
    contract,
    drug,
    health_codes,
    health_elements,
    line_reference,
    paperwork,
    pricing,
)
from mappers.x12.uses.fact import amount, date, note, reference, some
from mappers.x12.uses.other_payer import (
    OUTPATIENT,
    known_provider,
    line_adjudication,
    other_cover,
    other_coverage,
)
from mappers.x12.uses.party import contact, entity, specialty, street

_PROCEDURE_KIND = need(1, "HC", "HP", "ER", "IV", "WK")
_PROCEDURE = (_PROCEDURE_KIND, need(2), *MODIFIERS, may(7))
_PRESENT_ON_ADMISSION = may(9, "N", "U", "W", "Y")
_ON_A_DAY = (need(3, "D8"), need(4))
_REFERRING_IDS = "0B|1G|G2"
_FACILITY_IDS = "0B|G2|LU"
_CLAIM_NOTES = (
    "ALG",
    "DCP",
    "DGN",
    "DME",
    "MED",
    "NTR",
    "ODT",
    "RHB",
    "RLH",
    "RNH",
    "SET",
    "SFM",
    "SPT",
    "UPI",
)


def _physician(id: str, code: str, name: str, ids: str, repeat: int, *more: SegmentUse) -> Loop:
    """Return a person who had a part in the care, at claim level."""
    return loop(
        id,
        name,
        entity(code, name, ("1",)),
        *more,
        reference(ids, f"{name}'s second id", repeat),
    )


def _line_physician(id: str, code: str, name: str, ids: str) -> Loop:
    """Return a person who had a part in the care of one line only."""
    return loop(
        id,
        f"line's {name}",
        entity(code, f"line's {name}", ("1",)),
        line_reference(ids, f"line's {name}'s second id", 20),
    )


_CLAIM_PROVIDERS = (
    _physician(
        "2310A",
        "71",
        "attending provider",
        OWN_IDS,
        4,
        specialty("AT", "attending provider's specialty"),
    ),
    _physician("2310B", "72", "operating physician", OWN_IDS, 4),
    _physician("2310C", "ZZ", "other operating physician", OWN_IDS, 4),
    _physician("2310D", "82", "rendering provider", OWN_IDS, 4),
    loop(
        "2310E",
        "service facility",
        entity("77", "service facility", ("2",)),
        *street("service facility"),
        reference(_FACILITY_IDS, "service facility's second id", 3),
    ),
    _physician("2310F", "DN", "referring provider", _REFERRING_IDS, 3),
)
OTHER_SUBSCRIBER = other_coverage(
    other_cover(),
    (can("MIA", "inpatient adjudication", need(1), *some(2, 24)), OUTPATIENT),
    (
        known_provider("2330C", "71", "other payer's attending provider", OWN_IDS, 4),
        known_provider("2330D", "72", "other payer's operating physician", OWN_IDS, 4),
        known_provider("2330E", "ZZ", "other payer's other operating physician", OWN_IDS, 4),
        known_provider("2330F", "77", "other payer's service facility", _FACILITY_IDS, 3),
        known_provider("2330G", "82", "other payer's rendering provider", OWN_IDS, 4),
        known_provider("2330H", "DN", "other payer's referring provider", _REFERRING_IDS, 3),
        known_provider("2330I", "85", "other payer's billing provider", "G2|LU", 2),
    ),
)
LINE = needed_loop(
    "2400",
    "service line",
    must("LX", "service line", need(1)),
    must(
        "SV2",
        "service",
        need(1),
        may_parts(2, *_PROCEDURE),
        need(3),
        need(4, "DA", "UN"),
        need(5),
        may(7),
    ),
    paperwork("line's paperwork"),
    date("472", "date of service", "D8", "RD8"),
    reference("6R", "line control number"),
    reference("9B", "line's repriced claim number"),
    reference("9D", "line's adjusted repriced claim number"),
    amount("GT", "line's service tax"),
    amount("N8", "line's facility tax"),
    note("line's third party note", "TPO"),
    pricing("line's pricing"),
    drug("N4"),
    _line_physician("2420A", "72", "operating physician", OWN_IDS),
    _line_physician("2420B", "ZZ", "other operating physician", OWN_IDS),
    _line_physician("2420C", "82", "rendering provider", OWN_IDS),
    _line_physician("2420D", "DN", "referring provider", _REFERRING_IDS),
    line_adjudication(may_parts(3, *_PROCEDURE), may(4), need(5), may(6)),
    repeat=999,
)
CLAIM = loop(
    "2300",
    "claim",
    must(
        "CLM",
        "claim",
        need(1),
        need(2),
        need_parts(5, need(1), need(2, "A"), need(3)),
        need(7, "A", "B", "C"),
        need(8, "N", "W", "Y"),
        need(9, "I", "Y"),
        may(20, *DELAYS),
    ),
    date("096", "discharge hour", "TM"),
    must("DTP", "statement dates", need(1, "434"), need(2, "RD8"), need(3)),
    date("435", "admission", "D8", "DT"),
    date("050", "received by the repricer"),
    must("CL1", "admission and discharge", may(1), may(2), need(3)),
    paperwork("paperwork"),
    contract("contract"),
    amount("F3", "patient's estimated share"),
    reference("4N", "authorization exception"),
    reference("9F", "referral"),
    reference("G1", "prior authorization"),
    reference("F8", "payer's claim number"),
    reference("9A", "repriced claim number"),
    reference("9C", "adjusted repriced claim number"),
    reference("LX", "device exemption", 5),
    reference("D9", "clearinghouse trace"),
    reference("LU", "state of the automobile accident"),
    reference("EA", "medical record number"),
    reference("P4", "demonstration project"),
    reference("G4", "peer review approval"),
    can("K3", "file information", need(1), repeat=10),
    note("claim note", *_CLAIM_NOTES, repeat=10),
    note("billing note", "ADD"),
    can("CRC", "EPSDT referral", need(1, "ZZ"), need(2, "N", "Y"), need(3), may(4), may(5)),
    must(
        "HI",
        "principal diagnosis",
        *health_elements("ABK|BK", "", _PRESENT_ON_ADMISSION, most=1),
    ),
    health_codes("admitting diagnosis", "ABJ|BJ", most=1),
    health_codes("patient's reason for the visit", "APR|PR", most=3),
    health_codes("external causes", "ABN|BN", _PRESENT_ON_ADMISSION),
    health_codes("diagnosis related group", "DR", most=1),
    health_codes("other diagnoses", "ABF|BF", _PRESENT_ON_ADMISSION, repeat=2),
    health_codes("principal procedure", "BBR|BR|CAH", *_ON_A_DAY, most=1),
    health_codes("other procedures", "BBQ|BQ", *_ON_A_DAY, repeat=2),
    health_codes("occurrence spans", "BI", need(3, "RD8"), need(4), repeat=2),
    health_codes("occurrences", "BH", *_ON_A_DAY, repeat=2),
    health_codes("values", "BE", need(5), repeat=2),
    health_codes("condition codes", "BG", repeat=2),
    health_codes("treatment codes", "TC", repeat=2),
    pricing("claim pricing"),
    *_CLAIM_PROVIDERS,
    OTHER_SUBSCRIBER,
    LINE,
    repeat=100,
)
ROOT = claims(
    "institutional claims",
    billing(("2",), ("EI",), contact("billing provider's contact", 2)),
    (coverage("subscriber's coverage", may(2, "18")), subscriber()),
    (),
    patient(),
    CLAIM,
)

GUIDE = Guide(
    versions=("005010X223A2", "005010X223A3", "005010X223A1", "005010X223"),
    set_id="837",
    functional_id="HC",
    name="institutional claim",
    root=ROOT,
    unit="2300",
    kind="837I",
)
