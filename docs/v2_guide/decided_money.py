"""Decided rows of the guide: appointments, accounts, coverage."""

from docs.v2_guide.decided import Decided

_TIME = "computed from the start, the offset and the duration with its unit (schedule_time)"
_ROLE = "the role is a code of ours: the code system the guide names has none for it"
_ORDER = "an appointment makes the order it is for by its numbers; times are the appointment's"
_NOTE = "all notes are lines of Appointment.comment; the extensions of the guide are of R5"
_PATIENT = "the patient takes part once, by reference, whatever the number of identifiers"
_IN3 = "listed as unmapped: a name alone makes no CareTeam"
_R5 = "subscriberId and identifier hold it; the extension of the guide is of R5"
_KEPT = "kept as sent, in v2-0063: table 0131 has the same meaning under another code"

ROWS: tuple[Decided, ...] = (
    Decided("SCH[Appointment]", "SCH-7", "appointmentType*", "SCH-8 tells the type, SCH-7 why"),
    Decided("SCH[Appointment]", "SCH-9", "minutesDuration*", _TIME),
    Decided("SCH[Appointment]", "SCH-12", "participant*.type*", _ROLE),
    Decided("SCH[Appointment]", "SCH-16", "participant*.type*", _ROLE),
    Decided("SCH[Appointment]", "SCH-20", "participant*.type*", _ROLE),
    *(
        Decided("SCH[Appointment]", source, "basedOn*", "the order itself", f"{source} {target}")
        for source, target in (
            ("SCH-26", "ServiceRequest.identifier"),
            ("SCH-27", "ServiceRequest.identifier"),
        )
    ),
    Decided(
        "SCH[Provenance]",
        "SCH-20",
        "agent*",
        "takes part in the appointment for information",
        "SCH-20 Appointment.participant.actor",
    ),
    Decided("SCH[ServiceRequest]", "SCH*", "*", _ORDER),
    *(Decided("AIS[Appointment]", f"AIS-{at}", "participant*", _TIME) for at in (4, 5, 7)),
    Decided("AIS[Appointment]", "AIS-10", "status", "the event and SCH-25 give the status"),
    Decided("AIS[ServiceRequest]", "AIS-*", "*", _ORDER),
    *(
        Decided(f"{segment}[Appointment]", f"{segment}-*", "participant.period*", _TIME)
        for segment in ("AIG", "AIL", "AIP")
    ),
    Decided("NTE[Appointment-Comment]", "NTE-*", "*", _NOTE),
    Decided("PID[Appointment]", "PID-*", "*", _PATIENT),
    Decided("PID[Account]", "PID", "status", "the event gives the status of an account"),
    Decided(
        "IN1[Coverage]",
        "IN1-2",
        "identifier",
        "the id of a plan is of all its members: a class of the coverage",
        "IN1-2 Coverage.class",
    ),
    Decided("IN1[Coverage]", "IN1-4", "payor*", "of the payor itself", "IN1-4 Organization.name"),
    Decided(
        "IN1[Coverage]", "IN1-5", "payer*", "of the payor itself", "IN1-5 Organization.address"
    ),
    Decided("IN1[Coverage]", "IN1-10", "*", "a number of the insured, who is a RelatedPerson"),
    Decided("IN1[Coverage]", "IN1-16", "subscriber*", "the insured", "IN1-16 RelatedPerson.name"),
    Decided("IN1[Coverage]", "IN1-49", "extension*", _R5),
    Decided("IN3[CareTeam]", "IN3-21", "*", _IN3),
    Decided("TQ[Appointment]", "TQ.4", "start", "by its part", "SCH-11 Appointment.start"),
    Decided("TQ[Appointment]", "TQ.5", "end", "by its part", "SCH-11 Appointment.end"),
    *(Decided("Relationship", code, "*", _KEPT) for code in ("EMC", "EMR", "UNK", "OTH")),
    Decided("PV1[Coverage]", "PV1-20", "type", "a financial class names no coverage; IN1 does"),
    *(
        Decided("SIU_S12", source, "*", reason)
        for source, reason in (
            ("PV1[Coverage]", "a financial class names no coverage; IN1 does"),
            ("SCH[Provenance]", "who entered it takes part for information"),
            ("NTE[Appointment-Comment]", _NOTE),
            ("PID[Appointment]", _PATIENT),
            ("AIS[ServiceRequest]", _ORDER),
        )
    ),
)
