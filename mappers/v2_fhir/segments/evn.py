"""MSH, EVN and PID-33 to Provenance: who told it, what happened, and that it was mapped.

Written for feeds that ask for it. A message is kept as it came with its exchange, so the source
entity is a logical reference to it by control id.
"""

from mappers.rule import Empty, Rule, Table, Valued
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.feed import CANONICAL

PARTICIPANT = f"{TERMINOLOGY}/provenance-participant-type"

SOURCE = Table(
    source="MSH",
    target="Provenance",
    rules=(
        Rule("MSH-7", "recorded", using="instant"),
        Rule("MSH-7", "occurredDateTime", using="dateTime"),
        Rule("MSH-9", "activity.coding[0].display", using="message-type"),
        Rule("MSH-4", "agent[0].who", using="organization-of", note="the sending facility"),
        Rule("", "agent[0].type.coding[0].system", constant=PARTICIPANT, when=Valued("MSH-4")),
        Rule("", "agent[0].type.coding[0].code", constant="author", when=Valued("MSH-4")),
        Rule("MSH-22", "agent[]", using="author"),
        Rule("MSH-10", "entity[0].what", using="message-reference"),
        Rule("", "entity[0].role", constant="source"),
        Rule("MSH-3", "entity[]", using="source-device"),
    ),
)

TRANSFORMATION = Table(
    source="MSH",
    target="Provenance",
    rules=(
        Rule(
            "MSH-7", "recorded", using="instant", note="of the message, so that it stays the same"
        ),
        Rule(
            "",
            "activity.coding[0].system",
            constant=(
                "http://hl7.org/fhir/uv/v2mappings/CodeSystem/provenance-activity-type-v2-to-fhir"
            ),
        ),
        Rule("", "activity.coding[0].code", constant="v2-fhir-transformation"),
        Rule("", "agent[0].type.coding[0].system", constant=PARTICIPANT),
        Rule("", "agent[0].type.coding[0].code", constant="assembler"),
        Rule("", "agent[0].who.display", constant="Parity"),
        Rule("", "policy[]", constant=f"{CANONICAL}/mappings/v2"),
        Rule("MSH-10", "entity[0].what", using="message-reference"),
        Rule("", "entity[0].role", constant="source"),
    ),
)

EVENT = Table(
    source="MSH EVN",
    target="Provenance",
    rules=(
        Rule("EVN-2", "recorded", using="instant"),
        Rule("MSH-7", "recorded", using="instant"),
        Rule("EVN-6", "occurredDateTime", using="dateTime"),
        Rule("MSH-9", "activity.coding[0].display", using="message-type"),
        Rule("EVN-4", "reason[]", using="cwe", codes="v2-0062"),
        Rule("EVN-5", "agent[0].who", using="xcn"),
        Rule("MSH-22", "agent[0].who", using="xon", when=Empty("EVN-5")),
        Rule("MSH-4", "agent[0].who", using="organization-of", when=Empty("EVN-5")),
        Rule("EVN-7", "location", using="location-of"),
    ),
)

DEMOGRAPHIC_UPDATE = Table(
    source="MSH PID",
    target="Provenance",
    rules=(
        Rule("MSH-7", "recorded", using="instant"),
        Rule("", "activity.coding[0].system", constant=f"{TERMINOLOGY}/v3-DataOperation"),
        Rule("", "activity.coding[0].code", constant="UPDATE"),
        Rule("PID-33", "occurredDateTime", using="dateTime"),
        Rule("PID-34", "agent[0].who", using="organization-of"),
        Rule("", "agent[0].type.coding[0].system", constant=PARTICIPANT),
        Rule("", "agent[0].type.coding[0].code", constant="performer"),
    ),
)

SOFTWARE = Table(
    source="SFT",
    target="Device",
    rules=(
        Rule("SFT-1", "manufacturer", using="organization-name"),
        Rule("SFT-2", "version[0].value", using="text"),
        Rule(
            "SFT-6",
            "version[0].extension[url=http://hl7.org/fhir/5.0/StructureDefinition/"
            "extension-Device.version.installDate].valueDateTime",
            using="dateTime",
        ),
        Rule("SFT-3", "deviceName[0].name", using="text"),
        Rule("", "deviceName[0].type", constant="manufacturer-name", when=Valued("SFT-3")),
        Rule("SFT-4", "modelNumber", using="text"),
        Rule("SFT-5", "note[].text", using="text"),
    ),
    note="With the Provenance of its feed; the software a message passed through.",
)
