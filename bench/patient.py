"""The Patient the benchmarks write: about 2.4 kB, each with an identifier of its own."""

from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue

SYSTEM = "https://bench.example/mrn"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
NARRATIVE = "A synthetic patient, told in a few words. " * 29
FIXED: JsonObject = {
    "active": True,
    "gender": "female",
    "maritalStatus": {
        "coding": [{"system": f"{TERMINOLOGY}/v3-MaritalStatus", "code": "M", "display": "Married"}]
    },
    "contact": [
        {
            "relationship": [{"coding": [{"system": f"{TERMINOLOGY}/v2-0131", "code": "C"}]}],
            "name": {"family": "Rivera", "given": ["Luis"]},
            "telecom": [{"system": "phone", "value": "360-555-0199"}],
        }
    ],
    "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en-US"}]}}],
}


def patient(number: int) -> bytes:
    """Return the body of one Patient."""
    return encode(
        {
            "resourceType": "Patient",
            "text": {
                "status": "generated",
                "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{NARRATIVE}</div>',
            },
            "identifier": identifiers(number),
            "name": [
                {"use": "official", "family": f"Rivera{number % 997}", "given": ["Ada", "Luz"]},
                {"use": "nickname", "given": ["Addie"]},
            ],
            "telecom": [
                {"system": "phone", "value": f"360-555-{number % 10000:04}", "use": "mobile"},
                {"system": "email", "value": f"p{number}@mail.example"},
            ],
            "birthDate": f"19{50 + number % 50}-03-14",
            "address": [
                {
                    "use": "home",
                    "line": [f"{number % 900} Alder St"],
                    "city": "Port Alder",
                    "state": "WA",
                    "postalCode": "98368",
                    "country": "US",
                }
            ],
            **FIXED,
        }
    )


def identifiers(number: int) -> list[JsonValue]:
    """Return a record number and a social security number (of a range never issued)."""
    return [
        {
            "use": "usual",
            "type": {"coding": [{"system": f"{TERMINOLOGY}/v2-0203", "code": "MR"}]},
            "system": SYSTEM,
            "value": f"B{number}",
        },
        {"system": "http://hl7.org/fhir/sid/us-ssn", "value": f"999-{number % 100:02}-1234"},
    ]
