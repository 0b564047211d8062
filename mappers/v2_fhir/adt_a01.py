"""ADT of a visit (A01, A03, A04, A08, A11, A13) and of a person (A28, A31).

A snapshot: what the message values replaces what is stored, an empty field changes nothing, a
field of two double quotes deletes. The event gives the status of the Encounter, except that an
end makes it finished unless it is cancelled, and an update (A08) leaves it alone. A visit without
a number is known by patient and admission time. A28 and A31 speak of a person only: what they
carry of a visit is listed as unmapped.
"""

from collections.abc import Mapping

from mappers.v2_fhir.bundle import Mapped
from mappers.v2_fhir.codes import EVENT_STATUS
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.order import group_results
from mappers.v2_fhir.patient import add_encounter, add_patient
from mappers.v2_fhir.work import MessageText, open_message

PERSON_EVENTS = ("A28", "A31")
DISCHARGE = ("period.end", "hospitalization.dischargeDisposition")
FURTHER: Mapping[str, tuple[str, ...]] = {
    "A01": ("finished",),
    "A04": ("in-progress", "finished"),
}
"""The states an event that comes late does not take back; A13 alone opens a finished visit."""


def map_adt_a01(message: MessageText, feed: Feed) -> Mapped:
    """Map what happened to a visit or a person; raises MapError where it names no patient."""
    work, identifier, time = open_message(message, feed)
    group = group_results(message.segments)[0]
    key, patient = add_patient(work, group.pid, group.contacts, "merge")
    event = work.source(message.segments[0]).value("MSH-9.2")
    if group.pv1 is not None and event not in PERSON_EVENTS:
        status = EVENT_STATUS.translate(event)
        admitted = work.source(group.pv1).value("PV1-44") or time
        add_encounter(
            work,
            (group.pv1, group.pv2),
            patient,
            "merge",
            status.code if status else "",
            fallback=(*key, admitted),
            undone=DISCHARGE if event == "A13" else (),
            stays=FURTHER.get(event, ()),
        )
    return work.finish(identifier, time, key)
