"""What segments and elements are, whatever the guide: types, lengths, composites, pairings.

Facts of the X12 005010 dictionary for the segments our guides use, in our own words.
"""

from dataclasses import dataclass
from typing import Literal

from mappers.x12.grammar import Element, Kind

NoteKind = Literal["P", "R", "C", "E", "L", "B"]


@dataclass(frozen=True, slots=True)
class Note:
    """A rule between elements of a segment.

    P: all or none; R: at least one; E: at most one; C: if the first, then all others; L: if the
    first, then one of the others; B: the first is the length of the second.
    """

    kind: NoteKind
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A segment: what it is called, its elements in order, its notes.

    `key` is the element (and component) that tells its uses apart, if any.
    """

    name: str
    elements: tuple[Element, ...]
    notes: tuple[Note, ...] = ()
    key: tuple[int, int] | None = None


def _e(number: int, kind: Kind, minimum: int, maximum: int, repeat: int = 1) -> Element:
    return Element(number, kind, minimum, maximum, (), repeat)


def _c(number: int, *components: Element, repeat: int = 1) -> Element:
    return Element(number, "AN", 1, 0, components, repeat)


def _p(*positions: int) -> Note:
    return Note("P", positions)


def _if(*positions: int) -> Note:
    return Note("C", positions)


SET_ID = _e(143, "ID", 3, 3)
SET_CONTROL = _e(329, "AN", 4, 9)
GUIDE = _e(1705, "AN", 1, 35)
REFERENCE = _e(127, "AN", 1, 50)
REFERENCE_KIND = _e(128, "ID", 2, 3)
AMOUNT = _e(782, "R", 1, 18)
QUANTITY = _e(380, "R", 1, 15)
YES_NO = _e(1073, "ID", 1, 1)
DATE = _e(373, "DT", 8, 8)
TIME = _e(337, "TM", 4, 8)
FORM = _e(1250, "ID", 2, 3)
PERIOD = _e(1251, "PERIOD", 1, 35)
ENTITY = _e(98, "ID", 2, 3)
NAME = _e(93, "AN", 1, 60)
LAST = _e(1035, "AN", 1, 60)
ID_KIND = _e(66, "ID", 1, 2)
ID = _e(67, "AN", 2, 80)
UNIT = _e(355, "ID", 2, 2)
TEXT80 = _e(352, "AN", 1, 80)
STATE = _e(156, "ID", 2, 2)
COUNTRY = _e(26, "ID", 2, 3)
ADDRESS = _e(166, "AN", 1, 55)
CONTACT_KIND = _e(365, "ID", 2, 2)
CONTACT = _e(364, "AN", 1, 256)
RELATION = _e(1069, "ID", 2, 2)
CODE_LIST = _e(1270, "ID", 1, 3)
CODE = _e(1271, "AN", 1, 30)
PRODUCT_KIND = _e(235, "ID", 2, 2)
PRODUCT = _e(234, "AN", 1, 48)
MODIFIER = _e(1339, "AN", 2, 2)
PERCENT = _e(954, "R", 1, 10)
PLACE = _e(1331, "AN", 1, 2)
PLACE_KIND = _e(1332, "ID", 1, 2)
FREQUENCY = _e(1325, "ID", 1, 1)
CONDITION = _e(1321, "ID", 2, 3)
REASON = _e(1034, "ID", 1, 5)
COMPANY = _e(509, "AN", 10, 10)
ROUTING_KIND = _e(506, "ID", 2, 2)
ROUTING = _e(507, "AN", 3, 12)
ACCOUNT_KIND = _e(569, "ID", 1, 3)
ACCOUNT = _e(508, "AN", 1, 35)
SYNTAX_CODE = _e(618, "ID", 1, 3)
GROUP_CODE = _e(716, "ID", 1, 3)
COUNT = _e(96, "N", 1, 10)
CAUSE = _e(1362, "ID", 2, 3)
POINTER = _e(1328, "N", 1, 2)
SERVICE_TYPE = _e(1365, "ID", 1, 2)
SERVICE_TYPES = _e(1365, "ID", 1, 2, 99)
COVERAGE_LEVEL = _e(1207, "ID", 3, 3)
INSURANCE_TYPE = _e(1336, "ID", 1, 3)
OXYGEN = _e(1348, "ID", 1, 1)
TIME_PERIOD = _e(615, "ID", 1, 2)
QUANTITY_KIND = _e(673, "ID", 2, 2)
EMPLOYMENT = _e(584, "ID", 2, 2)
MESSAGE = _e(933, "AN", 1, 264)
REJECTION = _e(901, "ID", 2, 2)
VERSION = _e(799, "AN", 1, 30)
LENGTH = _e(784, "N", 1, 15)
BYTES = _e(785, "B", 1, 0)
ASSIGNED = _e(350, "AN", 1, 20)
LOOP_NAME = _e(447, "AN", 1, 6)

PROCEDURE = _c(3, PRODUCT_KIND, PRODUCT, MODIFIER, MODIFIER, MODIFIER, MODIFIER, TEXT80, PRODUCT)
FACILITY = _c(23, PLACE, PLACE_KIND, FREQUENCY)
CAUSES = _c(24, CAUSE, CAUSE, CAUSE, STATE, COUNTRY)
POINTERS = _c(4, POINTER, POINTER, POINTER, POINTER)
CAVITY = _c(6, *(_e(1361, "ID", 1, 3),) * 5)
SURFACES = _c(5, *(_e(1369, "ID", 1, 2),) * 5)
MEASURE = _c(1, UNIT, _e(1018, "R", 1, 15), _e(649, "R", 1, 10))
REFERENCES = _c(40, REFERENCE_KIND, REFERENCE, REFERENCE_KIND, REFERENCE, REFERENCE_KIND, REFERENCE)
HEALTH_CODE = _c(22, CODE_LIST, CODE, FORM, PERIOD, AMOUNT, QUANTITY, VERSION, CODE, YES_NO)
ADJUSTMENT = _c(42, _e(426, "ID", 2, 2), REFERENCE)
MEDICARE_STATUS = _c(52, _e(1218, "ID", 1, 1), _e(1701, "ID", 1, 1), _e(1701, "ID", 1, 1))
STATUS = _c(43, CODE, CODE, ENTITY, CODE_LIST)
RACE = _c(56, _e(1109, "ID", 1, 1), CODE_LIST, CODE, repeat=10)
SPECIALTY = _c(35, _e(1222, "AN", 1, 3), _e(559, "ID", 2, 2), YES_NO)
POSITION = _c(30, _e(722, "N", 1, 2), _e(1528, "N", 1, 2), _e(1686, "N", 1, 4))
CONTEXT = _c(998, _e(9999, "AN", 1, 35), _e(9998, "AN", 1, 35), repeat=10)
CONTEXT_REFERENCE = _c(999, _e(725, "N", 1, 4), _e(725, "N", 1, 4))

_TRIPLETS = (REASON, AMOUNT, QUANTITY)
_TRIPLET_NOTES = tuple(
    note
    for first in range(5, 18, 3)
    for note in (
        Note("L", (first, first + 1, first + 2)),
        Note("C", (first + 1, first)),
        Note("C", (first + 2, first)),
    )
)

DEFINITIONS: dict[str, Definition] = {
    "TA1": Definition(
        "interchange verdict",
        (
            _e(0, "N", 9, 9),
            _e(0, "N", 6, 6),
            _e(0, "TM", 4, 4),
            _e(0, "ID", 1, 1),
            _e(0, "ID", 3, 3),
        ),
    ),
    "ST": Definition("set begins", (SET_ID, SET_CONTROL, GUIDE)),
    "SE": Definition("set ends", (COUNT, SET_CONTROL)),
    "BHT": Definition(
        "hierarchical transaction",
        (_e(1005, "ID", 4, 4), _e(353, "ID", 2, 2), REFERENCE, DATE, TIME, _e(640, "ID", 2, 2)),
    ),
    "NM1": Definition(
        "name",
        (
            ENTITY,
            _e(1065, "ID", 1, 1),
            LAST,
            _e(1036, "AN", 1, 35),
            _e(1037, "AN", 1, 25),
            _e(1038, "AN", 1, 10),
            _e(1039, "AN", 1, 10),
            ID_KIND,
            ID,
            _e(706, "ID", 2, 2),
            ENTITY,
            LAST,
        ),
        (_p(8, 9), _if(11, 10), _if(12, 3)),
        (1, 0),
    ),
    "N1": Definition(
        "party",
        (ENTITY, NAME, ID_KIND, ID, _e(706, "ID", 2, 2), ENTITY),
        (Note("R", (2, 3)), _p(3, 4)),
        (1, 0),
    ),
    "N2": Definition("more of the name", (NAME, NAME)),
    "N3": Definition("street", (ADDRESS, ADDRESS)),
    "N4": Definition(
        "city",
        (
            _e(19, "AN", 2, 30),
            STATE,
            _e(116, "ID", 3, 15),
            COUNTRY,
            _e(309, "ID", 1, 2),
            _e(310, "AN", 1, 30),
            _e(1715, "ID", 1, 3),
        ),
        (Note("E", (2, 7)), _if(6, 5), _if(7, 4)),
    ),
    "PER": Definition(
        "contact",
        (
            _e(366, "ID", 2, 2),
            NAME,
            CONTACT_KIND,
            CONTACT,
            CONTACT_KIND,
            CONTACT,
            CONTACT_KIND,
            CONTACT,
            _e(443, "AN", 1, 20),
        ),
        (_p(3, 4), _p(5, 6), _p(7, 8)),
        (1, 0),
    ),
    "REF": Definition(
        "reference", (REFERENCE_KIND, REFERENCE, TEXT80, REFERENCES), (Note("R", (2, 3)),), (1, 0)
    ),
    "PRV": Definition(
        "provider specialty",
        (_e(1221, "ID", 1, 3), REFERENCE_KIND, REFERENCE, STATE, SPECIALTY, _e(1223, "ID", 3, 3)),
        (_p(2, 3),),
        (1, 0),
    ),
    "CUR": Definition("currency", (ENTITY, _e(100, "ID", 3, 3), _e(280, "R", 4, 10))),
    "HL": Definition(
        "level",
        (_e(628, "AN", 1, 12), _e(734, "AN", 1, 12), _e(735, "ID", 1, 2), _e(736, "ID", 1, 1)),
        key=(3, 0),
    ),
    "SBR": Definition(
        "subscriber",
        (
            _e(1138, "ID", 1, 1),
            RELATION,
            REFERENCE,
            NAME,
            _e(1336, "ID", 1, 3),
            _e(1143, "ID", 1, 1),
            YES_NO,
            _e(584, "ID", 2, 2),
            _e(1032, "ID", 1, 2),
        ),
    ),
    "PAT": Definition(
        "patient",
        (
            RELATION,
            _e(1384, "ID", 1, 1),
            _e(584, "ID", 2, 2),
            _e(1220, "ID", 1, 1),
            FORM,
            PERIOD,
            UNIT,
            _e(81, "R", 1, 10),
            YES_NO,
        ),
        (_p(5, 6), _p(7, 8)),
    ),
    "DMG": Definition(
        "demographics",
        (
            FORM,
            PERIOD,
            _e(1068, "ID", 1, 1),
            _e(1067, "ID", 1, 1),
            RACE,
            _e(1066, "ID", 1, 2),
            COUNTRY,
            _e(659, "ID", 1, 2),
            QUANTITY,
            CODE_LIST,
            CODE,
        ),
        (_p(1, 2), _p(10, 11)),
    ),
    "CLM": Definition(
        "claim",
        (
            _e(1028, "AN", 1, 38),
            AMOUNT,
            _e(1032, "ID", 1, 2),
            _e(1343, "ID", 1, 2),
            FACILITY,
            YES_NO,
            _e(1359, "ID", 1, 1),
            YES_NO,
            _e(1363, "ID", 1, 1),
            _e(1351, "ID", 1, 1),
            CAUSES,
            _e(1366, "ID", 2, 3),
            YES_NO,
            _e(1338, "ID", 1, 3),
            YES_NO,
            _e(1360, "ID", 1, 1),
            _e(1029, "ID", 1, 2),
            YES_NO,
            _e(1383, "ID", 2, 2),
            _e(1514, "ID", 1, 2),
        ),
    ),
    "DTP": Definition("date", (_e(374, "ID", 3, 3), FORM, PERIOD), key=(1, 0)),
    "DTM": Definition(
        "date",
        (_e(374, "ID", 3, 3), DATE, TIME, _e(623, "ID", 2, 2), FORM, PERIOD),
        (Note("R", (2, 3, 5)), _if(4, 3), _p(5, 6)),
        (1, 0),
    ),
    "PWK": Definition(
        "paperwork",
        (
            _e(755, "ID", 2, 2),
            _e(756, "ID", 1, 2),
            _e(757, "N", 1, 2),
            ENTITY,
            ID_KIND,
            ID,
            TEXT80,
        ),
        (_p(5, 6),),
    ),
    "CN1": Definition(
        "contract",
        (
            _e(1166, "ID", 2, 2),
            AMOUNT,
            _e(332, "R", 1, 6),
            REFERENCE,
            _e(338, "R", 1, 6),
            _e(799, "AN", 1, 30),
        ),
    ),
    "AMT": Definition("amount", (_e(522, "ID", 1, 3), AMOUNT, _e(478, "ID", 1, 1)), key=(1, 0)),
    "QTY": Definition(
        "quantity",
        (_e(673, "ID", 2, 2), QUANTITY, MEASURE, _e(61, "AN", 1, 30)),
        (Note("R", (2, 4)), Note("E", (2, 4))),
        (1, 0),
    ),
    "K3": Definition("file information", (_e(449, "AN", 1, 80),)),
    "NTE": Definition("note", (_e(363, "ID", 3, 3), TEXT80), key=(1, 0)),
    "CL1": Definition(
        "admission and discharge",
        (
            _e(1315, "ID", 1, 1),
            _e(1314, "ID", 1, 1),
            _e(1352, "ID", 1, 2),
            _e(1345, "ID", 1, 1),
        ),
    ),
    "CR1": Definition(
        "ambulance",
        (
            UNIT,
            _e(81, "R", 1, 10),
            _e(1316, "ID", 1, 1),
            _e(1317, "ID", 1, 1),
            UNIT,
            QUANTITY,
            ADDRESS,
            ADDRESS,
            TEXT80,
            TEXT80,
        ),
        (_p(1, 2), _p(5, 6)),
    ),
    "CR2": Definition(
        "spinal manipulation",
        (
            _e(609, "N", 1, 9),
            QUANTITY,
            _e(1367, "ID", 2, 3),
            _e(1367, "ID", 2, 3),
            UNIT,
            QUANTITY,
            QUANTITY,
            _e(1342, "ID", 1, 1),
            YES_NO,
            TEXT80,
            TEXT80,
            YES_NO,
        ),
    ),
    "CR3": Definition("equipment", (_e(1322, "ID", 1, 1), UNIT, QUANTITY), (_p(2, 3),)),
    "CRC": Definition(
        "conditions",
        (
            _e(1136, "ID", 2, 2),
            YES_NO,
            CONDITION,
            CONDITION,
            CONDITION,
            CONDITION,
            CONDITION,
        ),
        key=(1, 0),
    ),
    "HI": Definition("health codes", (HEALTH_CODE,) * 12, key=(1, 1)),
    "HCP": Definition(
        "pricing",
        (
            _e(1473, "ID", 2, 2),
            AMOUNT,
            AMOUNT,
            REFERENCE,
            _e(118, "R", 1, 9),
            REFERENCE,
            AMOUNT,
            PRODUCT,
            PRODUCT_KIND,
            PRODUCT,
            UNIT,
            QUANTITY,
            REJECTION,
            _e(1526, "ID", 1, 2),
            _e(1527, "ID", 1, 2),
        ),
        (Note("R", (1, 13)), _p(9, 10), _p(11, 12)),
    ),
    "CAS": Definition("adjustments", (_e(1033, "ID", 1, 2), *_TRIPLETS * 6), _TRIPLET_NOTES),
    "OI": Definition(
        "other insurance",
        (
            _e(1032, "ID", 1, 2),
            _e(1383, "ID", 2, 2),
            YES_NO,
            _e(1351, "ID", 1, 1),
            _e(1360, "ID", 1, 1),
            _e(1363, "ID", 1, 1),
        ),
    ),
    "MOA": Definition(
        "outpatient adjudication", (PERCENT, AMOUNT, *(REFERENCE,) * 5, AMOUNT, AMOUNT)
    ),
    "MIA": Definition(
        "inpatient adjudication",
        (
            QUANTITY,
            AMOUNT,
            QUANTITY,
            AMOUNT,
            REFERENCE,
            *(AMOUNT,) * 9,
            QUANTITY,
            *(AMOUNT,) * 4,
            *(REFERENCE,) * 4,
            AMOUNT,
        ),
    ),
    "LX": Definition("line number", (_e(554, "N", 1, 6),)),
    "SV1": Definition(
        "professional service",
        (
            PROCEDURE,
            AMOUNT,
            UNIT,
            QUANTITY,
            PLACE,
            _e(1365, "ID", 1, 2),
            POINTERS,
            AMOUNT,
            YES_NO,
            _e(1340, "ID", 1, 2),
            YES_NO,
            YES_NO,
            _e(1364, "ID", 1, 2),
            _e(1341, "AN", 1, 2),
            _e(1327, "ID", 1, 1),
            _e(1334, "ID", 1, 1),
            REFERENCE,
            _e(116, "ID", 3, 15),
            AMOUNT,
            _e(1337, "ID", 1, 1),
            _e(1360, "ID", 1, 1),
        ),
        (_p(3, 4),),
    ),
    "SV3": Definition(
        "dental service",
        (
            PROCEDURE,
            AMOUNT,
            PLACE,
            CAVITY,
            _e(1358, "ID", 1, 1),
            QUANTITY,
            TEXT80,
            _e(1327, "ID", 1, 1),
            _e(1360, "ID", 1, 1),
            YES_NO,
            POINTERS,
        ),
    ),
    "TOO": Definition("tooth", (CODE_LIST, CODE, SURFACES), (_p(1, 2),)),
    "SV2": Definition(
        "institutional service",
        (
            PRODUCT,
            PROCEDURE,
            AMOUNT,
            UNIT,
            QUANTITY,
            _e(1371, "R", 1, 10),
            AMOUNT,
            YES_NO,
            _e(1345, "ID", 1, 1),
            _e(1337, "ID", 1, 1),
        ),
        (Note("R", (1, 2)), _p(4, 5)),
    ),
    "SV5": Definition(
        "equipment service", (PROCEDURE, UNIT, QUANTITY, AMOUNT, AMOUNT, _e(594, "ID", 1, 1))
    ),
    "MEA": Definition(
        "measurement", (_e(737, "ID", 2, 2), _e(738, "ID", 1, 3), _e(739, "R", 1, 20), MEASURE)
    ),
    "PS1": Definition("purchased service", (REFERENCE, AMOUNT, STATE)),
    "LIN": Definition("drug", (ASSIGNED, PRODUCT_KIND, PRODUCT)),
    "CTP": Definition(
        "drug quantity",
        (_e(687, "ID", 2, 2), _e(236, "ID", 3, 3), _e(212, "R", 1, 17), QUANTITY, MEASURE),
        (_p(4, 5),),
    ),
    "SVD": Definition(
        "line adjudication", (ID, AMOUNT, PROCEDURE, PRODUCT, QUANTITY, _e(554, "N", 1, 6))
    ),
    "LQ": Definition("code", (CODE_LIST, CODE), (_if(1, 2),), (1, 0)),
    "FRM": Definition("form answer", (ASSIGNED, YES_NO, REFERENCE, DATE, _e(332, "R", 1, 6))),
    "BPR": Definition(
        "payment",
        (
            _e(305, "ID", 1, 2),
            AMOUNT,
            _e(478, "ID", 1, 1),
            _e(591, "ID", 3, 3),
            _e(812, "ID", 1, 10),
            ROUTING_KIND,
            ROUTING,
            ACCOUNT_KIND,
            ACCOUNT,
            COMPANY,
            _e(510, "AN", 9, 9),
            ROUTING_KIND,
            ROUTING,
            ACCOUNT_KIND,
            ACCOUNT,
            DATE,
        ),
        (_p(6, 7), _if(8, 9), _p(12, 13), _if(14, 15)),
    ),
    "TRN": Definition("trace", (_e(481, "ID", 1, 2), REFERENCE, COMPANY, REFERENCE)),
    "RDM": Definition("remittance delivery", (_e(756, "ID", 1, 2), NAME, CONTACT)),
    "TS3": Definition(
        "provider summary", (REFERENCE, PLACE, DATE, QUANTITY, *(AMOUNT,) * 18, QUANTITY, AMOUNT)
    ),
    "TS2": Definition(
        "provider supplement",
        (
            *(AMOUNT,) * 6,
            QUANTITY,
            AMOUNT,
            AMOUNT,
            *(QUANTITY,) * 5,
            AMOUNT,
            QUANTITY,
            *(AMOUNT,) * 3,
        ),
    ),
    "CLP": Definition(
        "claim payment",
        (
            _e(1028, "AN", 1, 38),
            _e(1029, "ID", 1, 2),
            AMOUNT,
            AMOUNT,
            AMOUNT,
            _e(1032, "ID", 1, 2),
            REFERENCE,
            PLACE,
            FREQUENCY,
            _e(1352, "ID", 1, 2),
            _e(1354, "ID", 1, 4),
            QUANTITY,
            PERCENT,
            YES_NO,
        ),
    ),
    "SVC": Definition(
        "service payment", (PROCEDURE, AMOUNT, AMOUNT, PRODUCT, QUANTITY, PROCEDURE, QUANTITY)
    ),
    "PLB": Definition(
        "provider adjustment",
        (REFERENCE, DATE, *(ADJUSTMENT, AMOUNT) * 6),
        (_p(5, 6), _p(7, 8), _p(9, 10), _p(11, 12), _p(13, 14)),
    ),
    "STC": Definition(
        "status",
        (
            STATUS,
            DATE,
            _e(306, "ID", 1, 2),
            AMOUNT,
            AMOUNT,
            DATE,
            _e(591, "ID", 3, 3),
            DATE,
            _e(429, "AN", 1, 16),
            STATUS,
            STATUS,
            _e(933, "AN", 1, 264),
        ),
    ),
    "EQ": Definition(
        "eligibility question",
        (SERVICE_TYPES, PROCEDURE, COVERAGE_LEVEL, INSURANCE_TYPE, POINTERS),
        (Note("R", (1, 2)),),
    ),
    "EB": Definition(
        "benefit",
        (
            _e(1390, "ID", 1, 3),
            COVERAGE_LEVEL,
            SERVICE_TYPES,
            INSURANCE_TYPE,
            _e(1204, "AN", 1, 50),
            TIME_PERIOD,
            AMOUNT,
            PERCENT,
            QUANTITY_KIND,
            QUANTITY,
            YES_NO,
            YES_NO,
            PROCEDURE,
            POINTERS,
        ),
        (_p(9, 10),),
    ),
    "AAA": Definition(
        "request validation",
        (YES_NO, _e(559, "ID", 2, 2), REJECTION, _e(889, "ID", 1, 1)),
    ),
    "HSD": Definition(
        "delivery of services",
        (
            QUANTITY_KIND,
            QUANTITY,
            UNIT,
            _e(1167, "R", 1, 6),
            TIME_PERIOD,
            _e(616, "N", 1, 3),
            _e(678, "ID", 1, 2),
            _e(679, "ID", 1, 1),
        ),
        (_p(1, 2), _if(6, 5)),
    ),
    "III": Definition(
        "information",
        (
            CODE_LIST,
            CODE,
            _e(1136, "ID", 2, 2),
            MESSAGE,
            QUANTITY,
            MEASURE,
            _e(752, "ID", 2, 2),
            _e(752, "ID", 2, 2),
            _e(752, "ID", 2, 2),
        ),
        (_p(1, 2),),
    ),
    "INS": Definition(
        "insured",
        (
            YES_NO,
            RELATION,
            _e(875, "ID", 3, 3),
            _e(1203, "ID", 2, 3),
            _e(1216, "ID", 1, 1),
            MEDICARE_STATUS,
            _e(1219, "ID", 1, 2),
            EMPLOYMENT,
            _e(1220, "ID", 1, 1),
            YES_NO,
            FORM,
            PERIOD,
            _e(1165, "ID", 1, 1),
            _e(19, "AN", 2, 30),
            STATE,
            COUNTRY,
            _e(1470, "N", 1, 9),
        ),
        (_p(11, 12),),
    ),
    "MPI": Definition(
        "military service",
        (
            _e(1201, "ID", 1, 1),
            EMPLOYMENT,
            _e(1595, "ID", 1, 1),
            TEXT80,
            _e(1596, "ID", 2, 2),
            FORM,
            PERIOD,
        ),
        (_p(6, 7),),
    ),
    "MSG": Definition("message", (MESSAGE, _e(934, "ID", 2, 2), _e(1470, "N", 1, 9))),
    "LS": Definition("loop begins", (LOOP_NAME,)),
    "LE": Definition("loop ends", (LOOP_NAME,)),
    "UM": Definition(
        "review of services",
        (
            _e(1525, "ID", 1, 2),
            _e(1322, "ID", 1, 1),
            SERVICE_TYPE,
            FACILITY,
            CAUSES,
            _e(1338, "ID", 1, 3),
            _e(1213, "ID", 1, 1),
            _e(923, "ID", 1, 1),
            _e(1363, "ID", 1, 1),
            _e(1514, "ID", 1, 2),
        ),
    ),
    "HCR": Definition(
        "decision of a review",
        (_e(306, "ID", 1, 2), REFERENCE, _e(1271, "AN", 1, 30, 5), YES_NO),
    ),
    "CR5": Definition(
        "oxygen at home",
        (
            _e(1322, "ID", 1, 1),
            QUANTITY,
            OXYGEN,
            OXYGEN,
            TEXT80,
            QUANTITY,
            QUANTITY,
            QUANTITY,
            TEXT80,
            QUANTITY,
            QUANTITY,
            _e(1349, "ID", 1, 1),
            *(_e(1350, "ID", 1, 1),) * 3,
            QUANTITY,
            _e(1382, "ID", 1, 1),
            OXYGEN,
        ),
    ),
    "CR6": Definition(
        "health care at home",
        (
            _e(923, "ID", 1, 1),
            DATE,
            FORM,
            PERIOD,
            DATE,
            YES_NO,
            YES_NO,
            _e(1322, "ID", 1, 1),
            DATE,
            PRODUCT_KIND,
            _e(1137, "AN", 1, 15),
            *(DATE,) * 3,
            FORM,
            PERIOD,
            _e(1384, "ID", 1, 1),
            *(DATE,) * 4,
        ),
        (_p(3, 4), _p(9, 10, 11), _p(15, 16)),
    ),
    "BGN": Definition(
        "beginning",
        (
            _e(353, "ID", 2, 2),
            REFERENCE,
            DATE,
            TIME,
            _e(623, "ID", 2, 2),
            REFERENCE,
            _e(640, "ID", 2, 2),
            _e(306, "ID", 1, 2),
            _e(786, "ID", 1, 2),
        ),
        (_if(5, 4),),
    ),
    "CAT": Definition(
        "category of an attachment",
        (_e(755, "ID", 2, 2), _e(756, "ID", 1, 2), VERSION, _e(1271, "AN", 1, 30)),
    ),
    "EFI": Definition(
        "electronic format",
        (_e(786, "ID", 2, 2), MESSAGE, _e(797, "ID", 1, 2), VERSION, _e(802, "AN", 1, 30)),
    ),
    "OOI": Definition(
        "object that belongs", (REFERENCE, _e(1684, "ID", 1, 3), _e(1685, "AN", 1, 80))
    ),
    "BIN": Definition("bytes", (LENGTH, BYTES), (Note("B", (1, 2)),)),
    "BDS": Definition("encoded bytes", (_e(1570, "ID", 3, 3), LENGTH, BYTES), (Note("B", (2, 3)),)),
    "DN1": Definition("orthodontic treatment", (QUANTITY, QUANTITY, YES_NO, TEXT80)),
    "DN2": Definition(
        "tooth status",
        (REFERENCE, _e(1368, "ID", 1, 2), QUANTITY, FORM, PERIOD, CODE_LIST),
        (_p(4, 5),),
    ),
    "ENT": Definition(
        "entity",
        (_e(554, "N", 1, 6), ENTITY, ID_KIND, ID, ENTITY, ID_KIND, ID, REFERENCE_KIND, REFERENCE),
        key=(2, 0),
    ),
    "ADX": Definition(
        "adjustment", (AMOUNT, _e(426, "ID", 2, 2), REFERENCE_KIND, REFERENCE), (_p(3, 4),)
    ),
    "RMR": Definition(
        "remittance",
        (
            REFERENCE_KIND,
            REFERENCE,
            _e(482, "ID", 2, 2),
            AMOUNT,
            AMOUNT,
            AMOUNT,
            _e(426, "ID", 2, 2),
            AMOUNT,
        ),
        (_p(1, 2), _p(7, 8)),
    ),
    "IT1": Definition("line", (ASSIGNED,)),
    "SAC": Definition(
        "charge or allowance",
        (
            _e(248, "ID", 1, 1),
            _e(1300, "ID", 4, 4),
            _e(559, "ID", 2, 2),
            _e(1301, "AN", 1, 10),
            _e(610, "N", 1, 15),
        ),
        (_p(3, 4),),
    ),
    "SLN": Definition(
        "line below", (ASSIGNED, ASSIGNED, _e(662, "ID", 1, 1), QUANTITY, MEASURE), (_p(4, 5),)
    ),
    "ACT": Definition(
        "account",
        (
            ACCOUNT,
            NAME,
            ID_KIND,
            ID,
            ACCOUNT_KIND,
            ACCOUNT,
            TEXT80,
            _e(569, "ID", 1, 3),
            ACCOUNT,
        ),
    ),
    "EC": Definition("employment class", (_e(1176, "ID", 2, 3),) * 3),
    "ICM": Definition(
        "income",
        (
            _e(594, "ID", 1, 1),
            AMOUNT,
            QUANTITY,
            _e(310, "AN", 1, 30),
            _e(1214, "ID", 1, 1),
        ),
    ),
    "HLH": Definition("health", (_e(1212, "ID", 1, 1), _e(65, "R", 1, 8), _e(81, "R", 1, 10))),
    "LUI": Definition(
        "language", (ID_KIND, ID, TEXT80, _e(1303, "ID", 1, 2), _e(1476, "ID", 1, 1)), (_p(1, 2),)
    ),
    "DSB": Definition(
        "disability",
        (
            _e(1146, "ID", 1, 1),
            QUANTITY,
            _e(1149, "ID", 1, 2),
            _e(1154, "ID", 1, 1),
            _e(1161, "ID", 1, 2),
            AMOUNT,
            PRODUCT_KIND,
            _e(1137, "AN", 1, 15),
        ),
        (_p(7, 8),),
    ),
    "HD": Definition(
        "health coverage",
        (
            _e(875, "ID", 3, 3),
            _e(1203, "ID", 2, 3),
            _e(1205, "ID", 2, 3),
            _e(1204, "AN", 1, 50),
            COVERAGE_LEVEL,
            COUNT,
            COUNT,
            _e(1209, "ID", 1, 1),
            YES_NO,
            _e(1211, "ID", 1, 1),
            YES_NO,
        ),
    ),
    "IDC": Definition(
        "identification card",
        (
            _e(1204, "AN", 1, 50),
            _e(1215, "ID", 1, 1),
            QUANTITY,
            _e(306, "ID", 1, 2),
        ),
    ),
    "PLA": Definition(
        "change of provider",
        (_e(306, "ID", 1, 2), ENTITY, DATE, TIME, _e(1203, "ID", 2, 3)),
    ),
    "COB": Definition(
        "coordination of benefits",
        (_e(1138, "ID", 1, 1), REFERENCE, _e(1143, "ID", 1, 1), SERVICE_TYPES),
    ),
    "AK1": Definition(
        "answered group", (_e(479, "ID", 2, 2), _e(28, "N", 1, 9), _e(480, "AN", 1, 12))
    ),
    "AK2": Definition(
        "answered set",
        (_e(143, "ID", 1, 3), _e(329, "AN", 1, 9), GUIDE),  # repeats what came, however short
    ),
    "IK3": Definition(
        "segment error",
        (_e(721, "ID", 2, 3), _e(719, "N", 1, 10), _e(447, "AN", 1, 6), _e(620, "ID", 1, 3)),
    ),
    "CTX": Definition(
        "context",
        (
            CONTEXT,
            _e(721, "ID", 2, 3),
            _e(719, "N", 1, 10),
            _e(447, "AN", 1, 6),
            POSITION,
            CONTEXT_REFERENCE,
        ),
    ),
    "IK4": Definition(
        "element error",
        (POSITION, _e(725, "N", 1, 4), _e(621, "ID", 1, 3), _e(724, "AN", 1, 99)),
    ),
    "IK5": Definition("set verdict", (_e(717, "ID", 1, 1), *(SYNTAX_CODE,) * 5)),
    "AK9": Definition(
        "group verdict",
        (
            _e(715, "ID", 1, 1),
            _e(97, "N", 1, 6),
            _e(123, "N", 1, 6),
            _e(2, "N", 1, 6),
            *(GROUP_CODE,) * 5,
        ),
    ),
}
