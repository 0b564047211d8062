"""PID to Patient, and the next of kin in NK1 to its contacts."""

from mappers.rule import Empty, Rule, Table
from mappers.v2_fhir.extension import STRUCTURES

ANIMAL = f"{STRUCTURES}/patient-animal"

PATIENT = Table(
    source="PID",
    target="Patient",
    rules=(
        Rule("PID-3", "identifier[]", using="cx"),
        Rule("PID-2", "identifier[]", using="cx"),
        Rule("PID-4", "identifier[]", using="cx"),
        Rule("PID-19", "identifier[]", using="ssn"),
        Rule("PID-20", "identifier[]", using="driver-license"),
        Rule("PID-5", "name[]", using="xpn"),
        Rule("PID-9", "name[]", using="xpn", note="aliases"),
        Rule("PID-6", "extension[]", using="mothers-name"),
        Rule("PID-7", "birthDate", using="date"),
        Rule("PID-7", "_birthDate.extension[]", using="birth-time", note="where a time is sent"),
        Rule("PID-8", "gender", using="code", codes="v2-0001"),
        Rule("PID-10*", "extension[]", using="race"),
        Rule("PID-22*", "extension[]", using="ethnicity"),
        Rule("PID-11", "address[]", using="xad"),
        Rule(
            "PID-12",
            "address[0].district",
            using="text",
            when=Empty("PID-11.9"),
            note="a county beside the address",
        ),
        Rule("PID-13", "telecom[]", using="xtn-home"),
        Rule("PID-14", "telecom[]", using="xtn-work"),
        Rule("PID-40", "telecom[]", using="xtn"),
        Rule("PID-15", "communication[].language", using="cwe", codes="v2-0296"),
        Rule("PID-16", "maritalStatus", using="cwe", codes="v2-0002"),
        Rule("PID-17", "extension[]", using="religion", codes="v2-0006"),
        Rule("PID-26", "extension[]", using="citizenship"),
        Rule("PID-39", "extension[]", using="citizenship", note="of a tribe"),
        Rule("PID-28", "extension[]", using="nationality"),
        Rule("PID-35", f"extension[url={ANIMAL}].extension[]", using="species"),
        Rule("PID-36", f"extension[url={ANIMAL}].extension[]", using="breed"),
        Rule("PID-23", "extension[]", using="birth-place"),
        Rule("PID-25", "multipleBirthInteger", using="integer"),
        Rule(
            "PID-24",
            "multipleBirthBoolean",
            using="boolean",
            codes="v2-0136",
            when=Empty("PID-25"),
        ),
        Rule("PID-29", "deceasedDateTime", using="dateTime"),
        Rule("PID-30", "deceasedBoolean", using="boolean", codes="v2-0136", when=Empty("PID-29")),
    ),
    structural=("PID-1",),
    note="The first rule to write an element wins; equal repetitions are written once.",
)

CONTACT = Table(
    source="NK1",
    target="Patient.contact",
    rules=(
        Rule("NK1-3", "relationship[]", using="cwe", codes="v2-0063"),
        Rule("NK1-7", "relationship[]", using="cwe", codes="v2-0131"),
        Rule("NK1-2", "name", using="xpn"),
        Rule("NK1-30", "name", using="xpn"),
        Rule("NK1-5", "telecom[]", using="xtn"),
        Rule("NK1-6", "telecom[]", using="xtn-work"),
        Rule("NK1-40", "telecom[]", using="xtn"),
        Rule("NK1-41", "telecom[]", using="xtn"),
        Rule("NK1-31", "telecom[]", using="xtn"),
        Rule("NK1-4", "address", using="xad"),
        Rule("NK1-32", "address", using="xad"),
        Rule("NK1-13", "organization", using="xon"),
        Rule("NK1-15", "gender", using="code", codes="v2-0001"),
        Rule("NK1-8", "period.start", using="dateTime"),
        Rule("NK1-9", "period.end", using="dateTime"),
    ),
    structural=("NK1-1",),
    note="A contact that is an organization is named by its person in NK1-30 to 32.",
)
