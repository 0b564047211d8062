"""What a map must know of the sender: its name, its code and identifier systems, its time zone.

Identifiers without a world-wide authority are scoped by the feed, so that two laboratories can
use the same order number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from urllib.parse import quote

from mappers.codes import CodeMap
from mappers.v2_fhir.dialect import STANDARD, Dialect

CANONICAL = "https://parity.example/fhir"

CODE_SYSTEMS: Mapping[str, str] = {
    "LN": "http://loinc.org",
    "LOINC": "http://loinc.org",
    "SCT": "http://snomed.info/sct",
    "SNOMED": "http://snomed.info/sct",
    "SNM": "http://snomed.info/sct",
    "UCUM": "http://unitsofmeasure.org",
    "I10": "http://hl7.org/fhir/sid/icd-10",
    "I10C": "http://hl7.org/fhir/sid/icd-10-cm",
    "I10P": "http://www.cms.gov/Medicare/Coding/ICD10",
    "ICD10": "http://hl7.org/fhir/sid/icd-10",
    "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "I9": "http://hl7.org/fhir/sid/icd-9-cm",
    "I9C": "http://hl7.org/fhir/sid/icd-9-cm",
    "C4": "http://www.ama-assn.org/go/cpt",
    "CPT": "http://www.ama-assn.org/go/cpt",
    "HCPCS": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "CVX": "http://hl7.org/fhir/sid/cvx",
    "MVX": "http://hl7.org/fhir/sid/mvx",
    "NDC": "http://hl7.org/fhir/sid/ndc",
    "RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "CDCREC": "urn:oid:2.16.840.1.113883.6.238",
    "ISO+": "urn:iso:std:iso:2955",
    "ISO639-1": "urn:ietf:bcp:47",
}

OIDS: Mapping[str, str] = {
    "2.16.840.1.113883.4.1": "http://hl7.org/fhir/sid/us-ssn",
    "2.16.840.1.113883.4.6": "http://hl7.org/fhir/sid/us-npi",
    "2.16.840.1.113883.6.1": "http://loinc.org",
    "2.16.840.1.113883.6.8": "http://unitsofmeasure.org",
    "2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
    "2.16.840.1.113883.6.96": "http://snomed.info/sct",
    "2.16.840.1.113883.6.103": "http://hl7.org/fhir/sid/icd-9-cm",
}
TYPE_SYSTEMS: Mapping[str, str] = {
    "NPI": "http://hl7.org/fhir/sid/us-npi",
    "SS": "http://hl7.org/fhir/sid/us-ssn",
}


@dataclass(frozen=True, slots=True)
class Feed:
    """One sender of messages.

    `systems` gives the URI of assigning authorities and coding systems by the sender's own name
    for them; `zone` is the time zone of times sent without one. `tables` are its code tables, by
    the name of the v2 table or the field (`v2-0085`, `OBX-3`), see `dialect.CodeTable`.
    """

    name: str
    systems: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    dialect: Dialect = STANDARD
    tables: Mapping[str, CodeMap] = field(default_factory=dict)

    def local_system(self, namespace: str) -> str:
        """Return the URI of a namespace that means something to this sender only."""
        return f"{CANONICAL}/sid/{quote(self.name, safe='')}/{quote(namespace, safe='')}"

    def identifier_system(self, namespace: str, universal: str, kind: str, default: str) -> str:
        """Return the URI of an assigning authority (HD); `default` names it where none is sent."""
        if universal:
            return _universal(universal, kind)
        if namespace in self.systems:
            return self.systems[namespace]
        return self.local_system(namespace or default)

    def code_system(self, name: str) -> str:
        """Return the URI of a coding system (table 0396), empty where none is named."""
        if not name:
            return ""
        if name in self.systems:
            return self.systems[name]
        if name.upper() in CODE_SYSTEMS:
            return CODE_SYSTEMS[name.upper()]
        if name.startswith("HL7") and name[3:].isdigit():
            return f"http://terminology.hl7.org/CodeSystem/v2-{name[3:].zfill(4)}"
        if _is_oid(name):
            return OIDS.get(name, f"urn:oid:{name}")
        return self.local_system(name)


def _universal(text: str, kind: str) -> str:
    if "://" in text or text.startswith("urn:"):
        return text
    if kind in {"ISO", ""} and _is_oid(text):
        return OIDS.get(text, f"urn:oid:{text}")
    if kind in {"UUID", "GUID"}:
        return f"urn:uuid:{text.lower()}"
    return f"http://{text}" if kind == "DNS" and " " not in text else f"urn:id:{quote(text)}"


def _is_oid(text: str) -> bool:
    parts = text.split(".")
    return len(parts) > 2 and all(part.isdigit() for part in parts)
