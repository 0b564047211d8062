"""The messages there are maps for: one row each, by MSH-9.1 and MSH-9.2."""

from collections.abc import Callable, Mapping

from mappers.document import document_page
from mappers.v2_fhir.adt import map_adt
from mappers.v2_fhir.adt_merge import MERGE_EVENTS, map_merge
from mappers.v2_fhir.bar_p01 import ACCOUNT_STATUS, map_bar_p01
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.charge_code import CHARGE_MAPS
from mappers.v2_fhir.codes import MAPS
from mappers.v2_fhir.dft_p03 import DFT_EVENTS, map_dft_p03
from mappers.v2_fhir.event import EVENTS
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.finance_code import FINANCE_MAPS
from mappers.v2_fhir.order_code import ORDER_MAPS
from mappers.v2_fhir.order_message import ORDER_MESSAGES, ORDER_PAGES
from mappers.v2_fhir.rearrange import rearranged
from mappers.v2_fhir.schedule_code import SCHEDULE_EVENTS, SCHEDULE_MAPS, SLOT_STATUS
from mappers.v2_fhir.segments.account import ACCOUNT
from mappers.v2_fhir.segments.aig import EQUIPMENT
from mappers.v2_fhir.segments.ail import LOCATION
from mappers.v2_fhir.segments.aip import PERSONNEL
from mappers.v2_fhir.segments.ais import SERVICE
from mappers.v2_fhir.segments.al1 import ADVERSE_REACTION, ALLERGY
from mappers.v2_fhir.segments.dg1 import CONDITION, DIAGNOSIS
from mappers.v2_fhir.segments.dg1_charge import CHARGE_REASON
from mappers.v2_fhir.segments.evn import (
    DEMOGRAPHIC_UPDATE,
    EVENT,
    SOFTWARE,
    SOURCE,
    TRANSFORMATION,
)
from mappers.v2_fhir.segments.ft1 import CHARGE, CREDITED, ORDERED, PAYMENT, PERFORMED
from mappers.v2_fhir.segments.gt1 import GUARANTOR, GUARANTOR_ORGANIZATION, GUARANTOR_PERSON
from mappers.v2_fhir.segments.in1 import COVERAGE, GROUP, PAYOR, PLAN, POLICY_HOLDER, SUBSCRIBER
from mappers.v2_fhir.segments.mrg import PRIOR_ACCOUNT, PRIOR_PATIENT
from mappers.v2_fhir.segments.msh import BUNDLE, EVENT_TIME
from mappers.v2_fhir.segments.pd1 import DEMOGRAPHICS, IMPORTANCE, LIVING_WILL
from mappers.v2_fhir.segments.pid import CONTACT, PATIENT
from mappers.v2_fhir.segments.pr1 import PROCEDURE
from mappers.v2_fhir.segments.pv1 import ENCOUNTER, EVENT_STATUS_RULES, STATUS
from mappers.v2_fhir.segments.rgs import RESOURCE_GROUP
from mappers.v2_fhir.segments.rol import (
    CARE_TEAM_ROLE,
    PARTICIPATION,
    PRACTITIONER_PARTICIPATION,
    PRACTITIONER_ROLE,
    PROCEDURE_ROLE,
    VISIT_PARTICIPATION,
    VISIT_ROLE,
)
from mappers.v2_fhir.segments.sch import APPOINTMENT, CONTACTS, ORDER_FILLER, ORDER_PLACER
from mappers.v2_fhir.siu_s12 import map_siu_s12
from mappers.v2_fhir.visit_code import VISIT_MAPS
from mappers.v2_fhir.work import MessageText

ADT_EVENTS = tuple(event.trigger for event in EVENTS)
MESSAGES: Mapping[tuple[str, str], Callable[[MessageText, Feed], Mapped]] = {
    **{("ADT", event): map_adt for event in ADT_EVENTS},
    **{("ADT", event): map_merge for event in MERGE_EVENTS},
    **{("BAR", event): map_bar_p01 for event in ACCOUNT_STATUS},
    **{("DFT", event): map_dft_p03 for event in DFT_EVENTS},
    **ORDER_MESSAGES,
    **{("SIU", event): map_siu_s12 for event in (*SCHEDULE_EVENTS, *SLOT_STATUS)},
}
ENVELOPE = (BUNDLE, EVENT_TIME, PATIENT, CONTACT, ENCOUNTER, STATUS, EVENT_STATUS_RULES)
PERSON = (
    *(DEMOGRAPHICS, IMPORTANCE, LIVING_WILL, CONDITION, DIAGNOSIS, ALLERGY, ADVERSE_REACTION),
    *(PROCEDURE, VISIT_ROLE, PRACTITIONER_ROLE, CARE_TEAM_ROLE, PROCEDURE_ROLE),
    *(PARTICIPATION, PRACTITIONER_PARTICIPATION, VISIT_PARTICIPATION),
    *(PRIOR_PATIENT, PRIOR_ACCOUNT),
    *(SOURCE, TRANSFORMATION, EVENT, DEMOGRAPHIC_UPDATE, SOFTWARE),
)
INSURANCE = (COVERAGE, PLAN, GROUP, PAYOR, POLICY_HOLDER, SUBSCRIBER)
FINANCE = (
    ACCOUNT,
    *INSURANCE,
    GUARANTOR,
    GUARANTOR_PERSON,
    GUARANTOR_ORGANIZATION,
)
CHARGING = (CHARGE, PERFORMED, ORDERED, CREDITED, CHARGE_REASON, PAYMENT)
SCHEDULING = (
    APPOINTMENT,
    *CONTACTS,
    ORDER_PLACER,
    ORDER_FILLER,
    RESOURCE_GROUP,
    SERVICE,
    PERSONNEL,
    LOCATION,
    EQUIPMENT,
)
ALL_MAPS = (
    *MAPS,
    *ORDER_MAPS,
    *VISIT_MAPS,
    *FINANCE_MAPS,
    *SCHEDULE_MAPS,
    *CHARGE_MAPS,
)


class UnsupportedMessage(MapError):
    """There is no map for the message type and trigger event."""


def map_message(message: MessageText, feed: Feed) -> Mapped:
    """Map a message to a transaction; raises UnsupportedMessage or MapError."""
    found = message.segments[0].field(9)
    parts = (*(component[0] for component in found[0]), "", "")[:2] if found else ("", "")
    code, trigger = parts
    mapping = MESSAGES.get((code, trigger))
    if mapping is None:
        raise UnsupportedMessage("MSH-9", "there is no map for this message type and event")
    moves = feed.dialect.moves
    return mapping(rearranged(message.segments, moves) if moves else message, feed)


def document_all() -> dict[str, str]:
    """Return the mapping pages by name, as Markdown."""
    return {
        "v2-adt": document_page(
            f"ADT {', '.join((*ADT_EVENTS, *MERGE_EVENTS))}",
            "What happens to a visit, or (A28, A31, A60) to a person, without a visit; and "
            "(A18, A24, A30, A34 to A45) to two people or accounts.",
            (*ENVELOPE, *PERSON, *FINANCE),
        ),
        **{
            name: document_page(title, introduction, (*ENVELOPE, *tables))
            for name, (title, introduction, tables) in ORDER_PAGES.items()
        },
        "v2-bar-p01": document_page(
            f"BAR {', '.join(ACCOUNT_STATUS)}",
            "Billing accounts with their insurance and guarantors. The guide has no map of it.",
            (*ENVELOPE, *FINANCE),
        ),
        "v2-dft-p03": document_page(
            f"DFT {', '.join(DFT_EVENTS)}",
            "Charges, credits, and what waits for a person. The guide has no map of it.",
            (*ENVELOPE, *FINANCE, *CHARGING),
        ),
        "v2-siu-s12": document_page(
            f"SIU {', '.join((*SCHEDULE_EVENTS, *SLOT_STATUS))}",
            "Appointments with who and what they need, and slots that are blocked and opened.",
            (*ENVELOPE, *SCHEDULING),
        ),
        "v2-codes": document_page(
            "HL7 v2 code maps", "A code without a row is never guessed.", (), ALL_MAPS
        ),
    }
