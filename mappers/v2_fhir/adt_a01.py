"""ADT^A01, A04 and A08: admission, registration, update of a visit.

A snapshot: what the message values replaces what is stored, an empty field changes nothing, a
field of two double quotes deletes. The event gives the status of the Encounter, except that an
end makes it finished and an update (A08) leaves it alone. A visit without a number is known by
patient and admission time.
"""

from mappers.v2_fhir.bundle import Mapped
from mappers.v2_fhir.codes import EVENT_STATUS
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.order import group_results
from mappers.v2_fhir.patient import add_encounter, add_patient
from mappers.v2_fhir.work import MessageText, open_message


def map_adt_a01(message: MessageText, feed: Feed) -> Mapped:
    """Map an admission, registration or update; raises MapError where it names no patient."""
    work, identifier, time = open_message(message, feed)
    group = group_results(message.segments)[0]
    key, patient = add_patient(work, group.pid, group.contacts, "merge")
    if group.pv1 is not None:
        status = EVENT_STATUS.translate(work.source(message.segments[0]).value("MSH-9.2"))
        admitted = work.source(group.pv1).value("PV1-44") or time
        add_encounter(
            work,
            (group.pv1, group.pv2),
            patient,
            "merge",
            status.code if status else "",
            fallback=(*key, admitted),
        )
    return Mapped(
        entries=tuple(work.entries.values()),
        identifier=identifier,
        event_time=time,
        patient=key,
        unmapped=work.ledger(),
        untranslated=tuple(work.untranslated),
        read=frozenset(work.read),
    )
