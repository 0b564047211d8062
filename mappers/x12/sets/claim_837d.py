"""The dental claim, 837D: 005010X224A2 (A3 accepted on read)."""

from mappers.x12.grammar import (
    Guide,
    can,
    loop,
    may,
    may_parts,
    must,
    need,
    need_parts,
    needed_loop,
)
from mappers.x12.uses.batch_837 import billing, claims, coverage, patient, subscriber
from mappers.x12.uses.claim import (
    DELAYS,
    MODIFIERS,
    OWN_IDS,
    contract,
    health_elements,
    line_reference,
    paperwork,
    pricing,
)
from mappers.x12.uses.fact import amount, date, note, reference
from mappers.x12.uses.other_payer import (
    OUTPATIENT,
    known_provider,
    line_adjudication,
    other_cover,
    other_coverage,
)
from mappers.x12.uses.party import contact, entity, specialty, street

_PROCEDURE = (need(1, "AD"), need(2), *MODIFIERS, may(7))
_REFERRING_IDS = "0B|1G|G2"
_FACILITY_IDS = "0B|G2|LU"
_FIVE = (need(1), may(2), may(3), may(4), may(5))
_CLAIM_PROVIDERS = (
    loop(
        "2310A",
        "referring provider",
        entity("DN|P3", "referring provider", ("1",)),
        specialty("RF", "referring provider's specialty"),
        reference(_REFERRING_IDS, "referring provider's second id", 3),
        repeat=2,
    ),
    loop(
        "2310B",
        "rendering provider",
        entity("82", "rendering provider"),
        specialty("PE", "rendering provider's specialty"),
        reference(OWN_IDS, "rendering provider's second id", 4),
    ),
    loop(
        "2310C",
        "service facility",
        entity("77", "service facility", ("2",)),
        *street("service facility"),
        reference(_FACILITY_IDS, "service facility's second id", 3),
    ),
    loop(
        "2310D",
        "assistant surgeon",
        entity("DD", "assistant surgeon", ("1",)),
        specialty("AS", "assistant surgeon's specialty"),
        reference(OWN_IDS, "assistant surgeon's second id", 4),
    ),
    loop(
        "2310E",
        "supervising provider",
        entity("DQ", "supervising provider", ("1",)),
        reference(OWN_IDS, "supervising provider's second id", 4),
    ),
)
OTHER_SUBSCRIBER = other_coverage(
    other_cover(),
    (OUTPATIENT,),
    (
        known_provider(
            "2330C", "DN|P3", "other payer's referring provider", _REFERRING_IDS, 3, occurrences=2
        ),
        known_provider("2330D", "82", "other payer's rendering provider", OWN_IDS, 3),
        known_provider("2330E", "DQ", "other payer's supervising provider", OWN_IDS, 3),
        known_provider("2330F", "85", "other payer's billing provider", "G2|LU", 2),
        known_provider("2330G", "77", "other payer's service facility", _FACILITY_IDS, 3),
        known_provider("2330H", "DD", "other payer's assistant surgeon", OWN_IDS, 3),
    ),
    reference("G3", "other payer's predetermination"),
)
_LINE_PROVIDERS = (
    loop(
        "2420A",
        "line's rendering provider",
        entity("82", "line's rendering provider"),
        specialty("PE", "line's rendering provider's specialty"),
        line_reference(OWN_IDS, "line's rendering provider's second id", 20),
    ),
    loop(
        "2420B",
        "line's assistant surgeon",
        entity("DD", "line's assistant surgeon", ("1",)),
        specialty("AS", "line's assistant surgeon's specialty"),
        line_reference(OWN_IDS, "line's assistant surgeon's second id", 20),
    ),
    loop(
        "2420C",
        "line's supervising provider",
        entity("DQ", "line's supervising provider", ("1",)),
        line_reference(OWN_IDS, "line's supervising provider's second id", 20),
    ),
    loop(
        "2420D",
        "line's service facility",
        entity("77", "line's service facility", ("2",)),
        *street("line's service facility"),
        line_reference(_FACILITY_IDS, "line's service facility's second id", 3),
    ),
)
LINE = needed_loop(
    "2400",
    "service line",
    must("LX", "service line", need(1)),
    must(
        "SV3",
        "service",
        need_parts(1, *_PROCEDURE),
        need(2),
        may(3),
        may_parts(4, *_FIVE),
        may(5, "I", "R"),
        may(6),
        may_parts(11, need(1), may(2), may(3), may(4)),
    ),
    can("TOO", "tooth", need(1, "JP"), need(2), may_parts(3, *_FIVE), repeat=32),
    date("472", "date of service", "D8", "RD8"),
    date("139|441", "prior placement"),
    date("452", "line's appliance placed"),
    date("446", "replacement"),
    date("196", "treatment began"),
    date("198", "treatment ended"),
    contract("line's contract"),
    line_reference("G3", "line's predetermination", 5),
    line_reference("G1", "line's prior authorization", 5),
    reference("6R", "line control number"),
    reference("9A", "line's repriced claim number"),
    reference("9C", "line's adjusted repriced claim number"),
    line_reference("9F", "line's referral", 5),
    amount("T", "line's sales tax"),
    can("K3", "line's file information", need(1), repeat=10),
    pricing("line's pricing"),
    *_LINE_PROVIDERS,
    line_adjudication(need_parts(3, *_PROCEDURE), need(5), may(6)),
    repeat=50,
)
CLAIM = loop(
    "2300",
    "claim",
    must(
        "CLM",
        "claim",
        need(1),
        need(2),
        need_parts(5, need(1), need(2, "B"), need(3)),
        need(6, "N", "Y"),
        need(7, "A", "B", "C"),
        need(8, "N", "W", "Y"),
        need(9, "I", "Y"),
        may_parts(11, need(1, "AA", "EM", "OA"), may(2), may(3), may(4), may(5)),
        may(12, "01", "02", "03", "05"),
        may(19, "PB"),
        may(20, *DELAYS),
    ),
    date("439", "accident"),
    date("452", "appliance placed"),
    date("472", "dates of service", "D8", "RD8"),
    date("050", "received by the repricer"),
    can("DN1", "orthodontic treatment", may(1), may(2), may(3), may(4)),
    can("DN2", "tooth status", need(1), need(2, "E", "I", "M"), need(6, "JP"), repeat=35),
    paperwork("paperwork"),
    contract("contract"),
    amount("F5", "patient paid"),
    reference("G3", "predetermination"),
    reference("4N", "authorization exception"),
    reference("F8", "payer's claim number"),
    reference("9F", "referral"),
    reference("G1", "prior authorization"),
    reference("9A", "repriced claim number"),
    reference("9C", "adjusted repriced claim number"),
    reference("D9", "clearinghouse trace"),
    can("K3", "file information", need(1), repeat=10),
    note("claim note", "ADD", repeat=5),
    can("HI", "diagnoses", *health_elements("ABK|BK|TQ", "ABF|BF|TQ", most=4)),
    pricing("claim pricing"),
    *_CLAIM_PROVIDERS,
    OTHER_SUBSCRIBER,
    LINE,
    repeat=100,
)
ROOT = claims(
    "dental claims",
    billing(
        ("1", "2"),
        ("EI", "SY"),
        reference("0B|LU", "billing provider's license", 2),
        contact("billing provider's contact", 2),
    ),
    (coverage("subscriber's coverage", may(2, "18")), subscriber()),
    (),
    patient(),
    CLAIM,
)

GUIDE = Guide(
    kind="837D",
    versions=("005010X224A2", "005010X224A3", "005010X224A1", "005010X224"),
    set_id="837",
    functional_id="HC",
    name="dental claim",
    root=ROOT,
    unit="2300",
)
