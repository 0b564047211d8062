"""The messages about orders, their results and what is documented: rows, tables and pages."""

from collections.abc import Callable, Mapping

from mappers.rule import Table
from mappers.v2_fhir.bundle import Mapped
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.mdm_t02 import EVENTS as DOCUMENT_EVENTS
from mappers.v2_fhir.mdm_t02 import map_mdm_t02
from mappers.v2_fhir.oml_o21 import ANSWER_EVENTS, ORDER_EVENTS, map_oml_o21, map_orl_o22
from mappers.v2_fhir.oru_r01 import EVENTS as RESULT_EVENTS
from mappers.v2_fhir.oru_r01 import map_oru_r01
from mappers.v2_fhir.rde_o11 import MEDICATION_EVENTS, map_rde_o11
from mappers.v2_fhir.segments.dg1 import CONDITION
from mappers.v2_fhir.segments.nte import NOTE
from mappers.v2_fhir.segments.obr import DIAGNOSTIC_REPORT, SOURCE_SPECIMEN
from mappers.v2_fhir.segments.obx import (
    ATTACHMENT,
    DIRECTOR,
    DOCUMENT,
    LABORATORY,
    OBSERVATION,
    UNIT,
    VALUE,
)
from mappers.v2_fhir.segments.orc import SERVICE_REQUEST
from mappers.v2_fhir.segments.rxa import ADMINISTRATION, IMMUNIZATION
from mappers.v2_fhir.segments.rxe import COMPONENT, MEDICATION_REQUEST
from mappers.v2_fhir.segments.spm import SPECIMEN
from mappers.v2_fhir.segments.tq1 import ORDER_TIMING
from mappers.v2_fhir.segments.txa import DOCUMENT_REFERENCE, PARENT_DOCUMENT
from mappers.v2_fhir.vxu_v04 import VACCINATION_EVENTS, map_vxu_v04
from mappers.v2_fhir.work import MessageText

ORDER_MESSAGES: Mapping[tuple[str, str], Callable[[MessageText, Feed], Mapped]] = {
    **{("ORU", event): map_oru_r01 for event in RESULT_EVENTS},
    **{(kind, event): map_oml_o21 for kind, found in ORDER_EVENTS.items() for event in found},
    **{(kind, event): map_orl_o22 for kind, found in ANSWER_EVENTS.items() for event in found},
    **{("MDM", event): map_mdm_t02 for event in DOCUMENT_EVENTS},
    **{("VXU", event): map_vxu_v04 for event in VACCINATION_EVENTS},
    **{(kind, event): map_rde_o11 for kind, found in MEDICATION_EVENTS.items() for event in found},
}
ORDER = (SERVICE_REQUEST, ORDER_TIMING)
RESULT = (
    *ORDER,
    DIAGNOSTIC_REPORT,
    OBSERVATION,
    VALUE,
    UNIT,
    LABORATORY,
    DIRECTOR,
    ATTACHMENT,
    DOCUMENT,
    SPECIMEN,
    SOURCE_SPECIMEN,
)
ORDER_PAGES: Mapping[str, tuple[str, str, tuple[Table, ...]]] = {
    "v2-oru-r01": ("ORU R01, R03", "Laboratory results.", (*RESULT, NOTE)),
    "v2-oml-o21": (
        "ORM, OML, OMG and their answers ORR, ORL, ORG",
        "Orders to a laboratory or another filler, and what it answers.",
        (*ORDER, OBSERVATION, VALUE, UNIT, SPECIMEN, SOURCE_SPECIMEN, CONDITION, NOTE),
    ),
    "v2-mdm-t02": (
        "MDM T01 to T11",
        "Documents, what replaces them, is added to them or takes them back.",
        (DOCUMENT_REFERENCE, PARENT_DOCUMENT, ATTACHMENT),
    ),
    "v2-vxu-v04": ("VXU V04", "Vaccinations.", (IMMUNIZATION, OBSERVATION, VALUE, UNIT, NOTE)),
    "v2-rde-o11": (
        "RDE O11 and O25, OMP O09, RAS O17",
        "Medication orders, and what of them was given.",
        (MEDICATION_REQUEST, COMPONENT, ADMINISTRATION, NOTE),
    ),
}
"""Title, introduction and tables of each page; the envelope goes before the tables."""
ORDER_TABLES = tuple(
    dict.fromkeys(table for *_, tables in ORDER_PAGES.values() for table in tables)
)
