"""The professional claim, 837P: 005010X222A1 (A2 accepted on read)."""

from mappers.x12.grammar import (
    UNBOUNDED,
    ElementUse,
    Guide,
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

_PAYER_ORDER = need(1, *"PSTABCDEFGHU")
_MSP = may(5, "12", "13", "14", "15", "16", "41", "42", "43", "47")
_MODIFIERS = (may(3), may(4), may(5), may(6))
_PROCEDURE_KIND = need(1, "HC", "ER", "IV", "WK")
_UNIT_AND_DRUG = need(1, "F2", "GR", "ME", "ML", "UN")
_CONTACT_KINDS = ("TE", "EM", "FX")


def _entity(code: str, name: str, types: tuple[str, ...] = ("1", "2")) -> SegmentUse:
    """Return a name that a person or an organization may bear, with an NPI where it has one."""
    return must(
        "NM1",
        name,
        need(1, *code.split("|")),
        need(2, *types),
        may(3),
        may(4),
        may(5),
        may(7),
        may(8, "XX"),
        may(9),
    )


def _party(code: str, name: str, kinds: tuple[str, ...]) -> SegmentUse:
    """Return an organization with a required identifier."""
    return must("NM1", name, need(1, code), need(2, "2"), need(3), need(8, *kinds), need(9))


def _person(code: str, name: str, *ids: ElementUse) -> SegmentUse:
    """Return a member or a patient."""
    types = need(2, "1", "2") if ids else need(2, "1")
    return must("NM1", name, need(1, code), types, need(3), may(4), may(5), may(7), *ids)


_MEMBER_ID = (may(8, "II", "MI"), may(9))
_OTHER_ENTITY = (need(2, "1", "2"), may(3))


def _street(name: str) -> tuple[SegmentUse, SegmentUse]:
    """Return a required address."""
    return must("N3", f"{name} street", need(1), may(2)), must("N4", f"{name} city", *_CITY)


def _maybe_street(name: str) -> tuple[SegmentUse, SegmentUse]:
    """Return a situational address."""
    return can("N3", f"{name} street", need(1), may(2)), can("N4", f"{name} city", *_CITY)


_CITY = (need(1), may(2), may(3), may(4), may(7))


def _reference(codes: str, name: str, repeat: int = 1) -> SegmentUse:
    """Return a situational reference."""
    return can("REF", name, need(1, *codes.split("|")), need(2), repeat=repeat)


def _contact(name: str, repeat: int = 1, kinds: tuple[str, ...] = _CONTACT_KINDS) -> SegmentUse:
    """Return a situational contact."""
    return can("PER", name, *_contact_elements(kinds), repeat=repeat)


def _contact_elements(kinds: tuple[str, ...]) -> tuple[ElementUse, ...]:
    further = (*kinds, "EX")
    return (
        need(1, "IC"),
        may(2),
        need(3, *kinds),
        need(4),
        may(5, *further),
        may(6),
        may(7, *further),
        may(8),
    )


def _date(codes: str, name: str, *forms: str) -> SegmentUse:
    """Return a situational date; D8 unless other forms are given."""
    return can("DTP", name, need(1, *codes.split("|")), need(2, *(forms or ("D8",))), need(3))


def _amount(code: str, name: str) -> SegmentUse:
    """Return a situational amount."""
    return can("AMT", name, need(1, code), need(2))


def _specialty(kind: str, name: str) -> SegmentUse:
    """Return a situational taxonomy code."""
    return can("PRV", name, need(1, kind), need(2, "PXC"), need(3))


def _birth(name: str) -> SegmentUse:
    return can("DMG", name, need(1, "D8"), need(2), need(3, "F", "M", "U"))


def _adjustments(name: str) -> SegmentUse:
    group = need(1, "CO", "CR", "OA", "PI", "PR")
    return can("CAS", name, group, need(2), need(3), *(may(one) for one in range(4, 20)), repeat=5)


def _pricing(name: str) -> SegmentUse:
    return can("HCP", name, need(1), need(2), *(may(one) for one in range(3, 16)))


def _note(name: str, *codes: str) -> SegmentUse:
    return can("NTE", name, need(1, *codes), need(2))


def _conditions(name: str, *codes: str, repeat: int) -> SegmentUse:
    return can(
        "CRC",
        name,
        need(1, *codes),
        need(2, "N", "Y"),
        need(3),
        *(may(one) for one in range(4, 8)),
        repeat=repeat,
    )


def _health_codes(name: str, first: str, rest: str, repeat: int = 1) -> SegmentUse:
    """Return codes of one kind: the first required, up to eleven more."""
    opening = need_parts(1, need(1, *first.split("|")), need(2))
    more = (may_parts(at, need(1, *rest.split("|")), need(2)) for at in range(2, 13))
    return can("HI", name, opening, *more, repeat=repeat)


_AMBULANCE = can(
    "CR1",
    "ambulance transport",
    may(1, "LB"),
    may(2),
    need(4),
    need(5, "DH"),
    need(6),
    may(9),
    may(10),
)
_PATIENT_FACTS = (may(5, "D8"), may(6), may(7, "01"), may(8), may(9, "Y"))
_OWN_IDS = "0B|1G|G2|LU"

BILLING = needed_loop(
    "2010AA",
    "billing provider",
    _entity("85", "billing provider"),
    *_street("billing provider"),
    must("REF", "billing provider's tax id", need(1, "EI", "SY"), need(2)),
    _reference("0B|1G", "billing provider's license", 2),
    _contact("billing provider's contact", 2),
)
PAY_TO = loop(
    "2010AB",
    "pay-to address",
    _entity("87", "pay-to address"),
    *_street("pay-to address"),
)
PAY_TO_PLAN = loop(
    "2010AC",
    "pay-to plan",
    _party("PE", "pay-to plan", ("PI", "XV")),
    *_street("pay-to plan"),
    _reference("2U|FY|NF", "pay-to plan's second id"),
    must("REF", "pay-to plan's tax id", need(1, "EI"), need(2)),
)
SUBSCRIBER = needed_loop(
    "2010BA",
    "subscriber's name",
    _person("IL", "subscriber", *_MEMBER_ID),
    *_maybe_street("subscriber"),
    _birth("subscriber's birth and gender"),
    _reference("SY", "subscriber's social security number"),
    _reference("Y4", "subscriber's casualty claim number"),
    _contact("subscriber's contact", 1, ("TE",)),
)
PAYER = needed_loop(
    "2010BB",
    "payer's name",
    _party("PR", "payer", ("PI", "XV")),
    *_maybe_street("payer"),
    _reference("2U|EI|FY|NF", "payer's second id", 3),
    _reference("G2|LU", "billing provider's id at the payer", 2),
)
PATIENT = needed_loop(
    "2010CA",
    "patient's name",
    _person("QC", "patient"),
    *_street("patient"),
    must("DMG", "patient's birth and gender", need(1, "D8"), need(2), need(3, "F", "M", "U")),
    _reference("Y4", "patient's casualty claim number"),
    _reference("1W|SY", "patient's second id"),
    _contact("patient's contact", 1, ("TE",)),
)


_CLAIM_PROVIDERS = (
    loop(
        "2310A",
        "referring provider",
        _entity("DN|P3", "referring provider", ("1",)),
        _reference("0B|1G|G2", "referring provider's second id", 3),
        repeat=2,
    ),
    loop(
        "2310B",
        "rendering provider",
        _entity("82", "rendering provider"),
        _specialty("PE", "rendering provider's specialty"),
        _reference(_OWN_IDS, "rendering provider's second id", 4),
    ),
    loop(
        "2310C",
        "service facility",
        _entity("77", "service facility", ("2",)),
        *_street("service facility"),
        _reference("0B|G2|LU", "service facility's second id", 3),
        _contact("service facility's contact", 1, ("TE",)),
    ),
    loop(
        "2310D",
        "supervising provider",
        _entity("DQ", "supervising provider", ("1",)),
        _reference(_OWN_IDS, "supervising provider's second id", 4),
    ),
    loop("2310E", "pick-up place", _entity("PW", "pick-up place", ("2",)), *_street("pick-up")),
    loop("2310F", "drop-off place", _entity("45", "drop-off place", ("2",)), *_street("drop-off")),
)

OTHER_PAYER = loop(
    "2330B",
    "other payer's name",
    _party("PR", "other payer", ("PI", "XV")),
    *_maybe_street("other payer"),
    _date("573", "other payer's date of payment"),
    _reference("2U|EI|FY|NF", "other payer's second id", 2),
    _reference("G1", "other payer's prior authorization"),
    _reference("9F", "other payer's referral"),
    _reference("T4", "other payer's claim is adjusted"),
    _reference("F8", "other payer's claim number"),
)


def _known_provider(code: str, name: str, ids: str, repeat: int) -> tuple[SegmentUse, SegmentUse]:
    """Return a provider as another payer knows it: no name, only references."""
    return (
        must("NM1", name, need(1, *code.split("|")), *_OTHER_ENTITY),
        must("REF", f"{name}'s id", need(1, *ids.split("|")), need(2), repeat=repeat),
    )


OTHER_SUBSCRIBER = loop(
    "2320",
    "other coverage",
    must(
        "SBR",
        "other coverage",
        _PAYER_ORDER,
        need(2, "01", "18", "19", "20", "21", "39", "40", "53", "G8"),
        may(3),
        may(4),
        _MSP,
        may(9),
    ),
    _adjustments("other payer's adjustments of the claim"),
    _amount("D", "other payer paid"),
    _amount("A8", "not covered"),
    _amount("EAF", "left for the patient"),
    must(
        "OI",
        "other coverage's consents",
        need(3, "N", "W", "Y"),
        may(4, "P"),
        need(6, "I", "Y"),
    ),
    can("MOA", "outpatient adjudication", *(may(one) for one in range(1, 10))),
    needed_loop(
        "2330A",
        "other subscriber's name",
        _person("IL", "other subscriber", need(8, "II", "MI"), need(9)),
        *_maybe_street("other subscriber"),
        _reference("SY", "other subscriber's second id", 2),
    ),
    needed_loop("2330B", OTHER_PAYER.name, *OTHER_PAYER.items),
    loop(
        "2330C",
        "other payer's referring provider",
        *_known_provider("DN|P3", "other payer's referring provider", "0B|1G|G2", 3),
        repeat=2,
    ),
    loop(
        "2330D",
        "other payer's rendering provider",
        *_known_provider("82", "other payer's rendering provider", _OWN_IDS, 3),
    ),
    loop(
        "2330E",
        "other payer's service facility",
        *_known_provider("77", "other payer's service facility", "0B|G2|LU", 3),
    ),
    loop(
        "2330F",
        "other payer's supervising provider",
        *_known_provider("DQ", "other payer's supervising provider", _OWN_IDS, 3),
    ),
    loop(
        "2330G",
        "other payer's billing provider",
        *_known_provider("85", "other payer's billing provider", "G2|LU", 2),
    ),
    repeat=10,
)


def _line_reference(codes: str, name: str, repeat: int) -> SegmentUse:
    """Return a reference that may name the payer it belongs to."""
    payer = may_parts(4, need(1, "2U"), need(2))
    return can("REF", name, need(1, *codes.split("|")), need(2), payer, repeat=repeat)


_LINE_PROVIDERS = (
    loop(
        "2420A",
        "line's rendering provider",
        _entity("82", "line's rendering provider"),
        _specialty("PE", "line's rendering provider's specialty"),
        _line_reference(_OWN_IDS, "line's rendering provider's second id", 20),
    ),
    loop(
        "2420B",
        "line's purchased service provider",
        must("NM1", "purchased service provider", need(1, "QB"), *_OTHER_ENTITY, may(8), may(9)),
        _line_reference("0B|1G|G2", "purchased service provider's second id", 20),
    ),
    loop(
        "2420C",
        "line's service facility",
        _entity("77", "line's service facility", ("2",)),
        *_street("line's service facility"),
        _line_reference("G2|LU", "line's service facility's second id", 3),
    ),
    loop(
        "2420D",
        "line's supervising provider",
        _entity("DQ", "line's supervising provider", ("1",)),
        _line_reference(_OWN_IDS, "line's supervising provider's second id", 20),
    ),
    loop(
        "2420E",
        "line's ordering provider",
        _entity("DK", "line's ordering provider", ("1",)),
        *_maybe_street("line's ordering provider"),
        _line_reference("0B|1G|G2", "line's ordering provider's second id", 20),
        _contact("line's ordering provider's contact"),
    ),
    loop(
        "2420F",
        "line's referring provider",
        _entity("DN|P3", "line's referring provider", ("1",)),
        _line_reference("0B|1G|G2", "line's referring provider's second id", 20),
        repeat=2,
    ),
    loop("2420G", "line's pick-up", _entity("PW", "line's pick-up", ("2",)), *_street("pick-up")),
    loop(
        "2420H", "line's drop-off", _entity("45", "line's drop-off", ("2",)), *_street("drop-off")
    ),
)

LINE = needed_loop(
    "2400",
    "service line",
    must("LX", "service line", need(1)),
    must(
        "SV1",
        "service",
        need_parts(1, _PROCEDURE_KIND, need(2), *_MODIFIERS, may(7)),
        need(2),
        need(3, "MJ", "UN"),
        need(4),
        may(5),
        need_parts(7, need(1), may(2), may(3), may(4)),
        may(9, "Y"),
        may(11, "Y"),
        may(12, "Y"),
        may(15, "0"),
    ),
    can(
        "SV5",
        "equipment",
        need_parts(1, need(1, "HC"), need(2)),
        need(2, "DA"),
        need(3),
        need(4),
        need(5),
        need(6, "1", "4", "6"),
    ),
    can("PWK", "line's paperwork", need(1), need(2), may(5, "AC"), may(6), repeat=10),
    _AMBULANCE,
    can("CR3", "equipment certification", need(1, "I", "R", "S"), need(2, "MO"), need(3)),
    _conditions("line's ambulance conditions", "07", repeat=3),
    _conditions("hospice employee", "70", repeat=1),
    _conditions("equipment conditions", "09", repeat=1),
    must("DTP", "date of service", need(1, "472"), need(2, "D8", "RD8"), need(3)),
    _date("471", "line's prescription date"),
    _date("607", "certification revision"),
    _date("463", "therapy began"),
    _date("461", "last certification"),
    _date("304", "line's last seen date"),
    can("DTP", "test date", need(1, "738", "739"), need(2, "D8"), need(3), repeat=2),
    _date("011", "line's shipped date"),
    _date("455", "line's last x-ray"),
    _date("454", "line's initial treatment"),
    can("QTY", "ambulance patients", need(1, "PT"), need(2)),
    can("QTY", "anesthesia units", need(1, "FL"), need(2)),
    can("MEA", "test result", need(1, "OG", "TR"), need(2), need(3), repeat=5),
    can("CN1", "line's contract", need(1), *(may(one) for one in range(2, 7))),
    _reference("9B", "line's repriced claim number"),
    _reference("9D", "line's adjusted repriced claim number"),
    _line_reference("G1", "line's prior authorization", 5),
    _reference("6R", "line control number"),
    _reference("EW", "line's mammography certification"),
    _reference("X4", "line's laboratory certification"),
    _reference("F4", "line's referring laboratory"),
    _reference("BT", "immunization batch"),
    _line_reference("9F", "line's referral", 5),
    _amount("T", "line's sales tax"),
    _amount("F4", "line's postage"),
    can("K3", "line's file information", need(1), repeat=10),
    _note("line's note", "ADD", "DCP"),
    _note("line's third party note", "TPO"),
    can("PS1", "purchased service", need(1), need(2)),
    _pricing("line's pricing"),
    loop(
        "2410",
        "drug",
        must("LIN", "drug", need(2, "N4", "EN", "EO", "HI", "ON", "UK", "UP"), need(3)),
        must("CTP", "drug quantity", need(4), need_parts(5, _UNIT_AND_DRUG)),
        _reference("VY|XZ", "prescription number"),
    ),
    *_LINE_PROVIDERS,
    loop(
        "2430",
        "other payer's line adjudication",
        must(
            "SVD",
            "other payer's line payment",
            need(1),
            need(2),
            need_parts(3, _PROCEDURE_KIND, need(2), *_MODIFIERS, may(7)),
            need(5),
            may(6),
        ),
        _adjustments("other payer's adjustments of the line"),
        must("DTP", "line's date of payment", need(1, "573"), need(2, "D8"), need(3)),
        _amount("EAF", "line's amount left for the patient"),
        repeat=15,
    ),
    loop(
        "2440",
        "form",
        must("LQ", "form", need(1, "AS", "UT"), need(2)),
        must("FRM", "form answer", need(1), *(may(one) for one in range(2, 6)), repeat=99),
        repeat=UNBOUNDED,
    ),
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
        may(10, "P"),
        may_parts(11, need(1, "AA", "EM", "OA"), may(2), may(3), may(4), may(5)),
        may(12, "02", "03", "05", "09"),
        may(20, "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "15"),
    ),
    _date("431", "onset of illness"),
    _date("454", "initial treatment"),
    _date("304", "last seen"),
    _date("453", "acute manifestation"),
    _date("439", "accident"),
    _date("484", "last menstrual period"),
    _date("455", "last x-ray"),
    _date("471", "prescription date"),
    _date("314|360|361", "disability", "D8", "RD8"),
    _date("297", "last worked"),
    _date("296", "return to work"),
    _date("435", "admission"),
    _date("096", "discharge"),
    can("DTP", "care assumed or given up", need(1, "090", "091"), need(2, "D8"), need(3), repeat=2),
    _date("444", "first contact"),
    _date("050", "received by the repricer"),
    can(
        "PWK",
        "paperwork",
        need(1),
        need(2, "AA", "BM", "EL", "EM", "FT", "FX"),
        may(5, "AC"),
        may(6),
        repeat=10,
    ),
    can("CN1", "contract", need(1), *(may(one) for one in range(2, 7))),
    _amount("F5", "patient paid"),
    _reference("4N", "authorization exception"),
    _reference("F5", "Medicare crossover"),
    _reference("EW", "mammography certification"),
    _reference("9F", "referral"),
    _reference("G1", "prior authorization"),
    _reference("F8", "payer's claim number"),
    _reference("X4", "laboratory certification"),
    _reference("9A", "repriced claim number"),
    _reference("9C", "adjusted repriced claim number"),
    _reference("LX", "device exemption"),
    _reference("D9", "clearinghouse trace"),
    _reference("EA", "medical record number"),
    _reference("P4", "demonstration project"),
    _reference("1J", "care plan oversight"),
    can("K3", "file information", need(1), repeat=10),
    _note("claim note", "ADD", "CER", "DCP", "DGN", "TPO"),
    _AMBULANCE,
    can("CR2", "spinal manipulation", need(8), may(10), may(11)),
    _conditions("ambulance conditions", "07", repeat=3),
    _conditions("vision conditions", "E1", "E2", "E3", repeat=3),
    _conditions("homebound", "75", repeat=1),
    _conditions("EPSDT referral", "ZZ", repeat=1),
    must("HI", "diagnoses", *_health_codes("", "ABK|BK", "ABF|BF").elements),
    can("HI", "anesthesia procedure", *_health_codes("", "BP", "BO").elements),
    _health_codes("condition codes", "BG", "BG", 2),
    _pricing("claim pricing"),
    *_CLAIM_PROVIDERS,
    OTHER_SUBSCRIBER,
    LINE,
    repeat=100,
)

ROOT = needed_loop(
    "837",
    "professional claims",
    must("ST", "set begins", need(1, "837"), need(2), need(3)),
    must(
        "BHT",
        "claims batch",
        need(1, "0019"),
        need(2, "00", "18"),
        need(3),
        need(4),
        need(5),
        need(6, "31", "CH", "RP"),
    ),
    needed_loop(
        "1000A",
        "submitter",
        must(
            "NM1",
            "submitter",
            need(1, "41"),
            need(2, "1", "2"),
            need(3),
            may(4),
            may(5),
            need(8, "46"),
            need(9),
        ),
        must("PER", "submitter's contact", *_contact_elements(_CONTACT_KINDS), repeat=2),
    ),
    needed_loop("1000B", "receiver", _party("40", "receiver", ("46",))),
    needed_loop(
        "2000A",
        "billing provider level",
        must("HL", "billing provider level", need(1), need(3, "20"), need(4, "1")),
        _specialty("BI", "billing provider's specialty"),
        can("CUR", "currency", need(1, "85"), need(2)),
        BILLING,
        PAY_TO,
        PAY_TO_PLAN,
        needed_loop(
            "2000B",
            "subscriber level",
            must("HL", "subscriber level", need(1), need(2), need(3, "22"), need(4, "0", "1")),
            must(
                "SBR",
                "subscriber's coverage",
                _PAYER_ORDER,
                may(2, "18"),
                may(3),
                may(4),
                _MSP,
                may(9),
            ),
            can("PAT", "subscriber as patient", *_PATIENT_FACTS),
            SUBSCRIBER,
            PAYER,
            CLAIM,
            loop(
                "2000C",
                "patient level",
                must("HL", "patient level", need(1), need(2), need(3, "23"), need(4, "0")),
                must(
                    "PAT",
                    "patient's relation to the subscriber",
                    need(1, "01", "19", "20", "21", "39", "40", "53", "G8"),
                    *_PATIENT_FACTS,
                ),
                PATIENT,
                needed_loop("2300", "claim", *CLAIM.items, repeat=100),
                repeat=UNBOUNDED,
            ),
            repeat=UNBOUNDED,
        ),
        repeat=UNBOUNDED,
    ),
    must("SE", "set ends", need(1), need(2)),
)

GUIDE = Guide(
    versions=("005010X222A1", "005010X222A2", "005010X222"),
    set_id="837",
    functional_id="HC",
    name="professional claim",
    root=ROOT,
    unit="2300",
)
