"""Codes of eligibility answers which the map decides by: is it in force, whose fault is an error.

Our own short words; the licensed lists of X12 are loaded by the site.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ACTIVE = frozenset("12345")
INACTIVE = frozenset("678")
EXCLUDED = frozenset("EI")
REMAINING = frozenset({"29", "33"})
PLAN = "30"
BEHAVIORAL = frozenset(
    [
        "MH",
        "A4",
        "A5",
        "A6",
        "A7",
        "A8",
        "AI",
        "AJ",
        "AK",
        "BB",
        "BC",
        "CE",
        "CF",
        "CG",
        "CH",
        "CI",
        "CJ",
    ]
)
"""Service types of mental health and substance use."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reject reason (AAA03): what it says, and the FHIR element to look at."""

    code: str
    words: str
    expression: str


_REQUEST = "CoverageEligibilityRequest"
REASONS = (
    Reason("04", "asked for too much at once", _REQUEST),
    Reason("15", "the request lacks something needed", _REQUEST),
    Reason("33", "the request has an entry that is not allowed", f"{_REQUEST}.item"),
    Reason("35", "outside of the network", f"{_REQUEST}.provider"),
    Reason("41", "the receiver may not ask", f"{_REQUEST}.provider"),
    Reason("42", "the payer's system is down: ask again later", f"{_REQUEST}.insurer"),
    Reason("43", "the provider's number is not valid", "Organization.identifier"),
    Reason("44", "the provider's name is wrong", "Organization.name"),
    Reason("45", "the provider's specialty is wrong", "Organization.type"),
    Reason("46", "the provider's telephone is wrong", "Organization.telecom"),
    Reason("47", "the provider's state is wrong", "Organization.address.state"),
    Reason("48", "the referring provider's number is not valid", f"{_REQUEST}.item.provider"),
    Reason("49", "the provider is not the primary care provider", f"{_REQUEST}.provider"),
    Reason("50", "the provider may not ask", f"{_REQUEST}.provider"),
    Reason("51", "the provider is not on file", "Organization.identifier"),
    Reason("52", "the day of service is before the provider's time", f"{_REQUEST}.serviced"),
    Reason("53", "the question is not answered for this provider", f"{_REQUEST}.item"),
    Reason("54", "the question is not answered in real time", f"{_REQUEST}.item"),
    Reason("55", "the product is not valid", f"{_REQUEST}.item.productOrService"),
    Reason("56", "the date is not valid", f"{_REQUEST}.serviced"),
    Reason("57", "the date of service is not valid", f"{_REQUEST}.serviced"),
    Reason("58", "the birth date is not valid", "Patient.birthDate"),
    Reason("60", "the birth date is after the day of service", "Patient.birthDate"),
    Reason("61", "the day of death is before the day of service", "Patient.deceased"),
    Reason("62", "the day of service is not within what may be asked", f"{_REQUEST}.serviced"),
    Reason("63", "the day of service is in the future", f"{_REQUEST}.serviced"),
    Reason("64", "the patient's number is not valid", "Coverage.subscriberId"),
    Reason("65", "the patient's name is wrong or lacks a part", "Patient.name"),
    Reason("66", "the patient's gender is wrong", "Patient.gender"),
    Reason("67", "the patient is not found", "Patient"),
    Reason("68", "the patient's number is there twice", "Coverage.subscriberId"),
    Reason("69", "the patient's age does not fit", "Patient.birthDate"),
    Reason("70", "the patient's gender does not fit", "Patient.gender"),
    Reason("71", "the patient's birth date is another one", "Patient.birthDate"),
    Reason("72", "the member number is not valid", "Coverage.subscriberId"),
    Reason("73", "the member's name is wrong", "Patient.name"),
    Reason("74", "the member's gender is wrong", "Patient.gender"),
    Reason("75", "the member is not found", "Coverage.subscriberId"),
    Reason("76", "the member number is there twice", "Coverage.subscriberId"),
    Reason("77", "the member is found, the patient is not", "Patient"),
    Reason("78", "the member is not in the group or plan", "Coverage.class"),
    Reason("79", "the payer's number is not valid", "Organization.identifier"),
    Reason("80", "the payer has not answered: ask again later", f"{_REQUEST}.insurer"),
    Reason("97", "the provider's address is wrong", "Organization.address"),
    Reason("T4", "the payer's name or number is not stated", f"{_REQUEST}.insurer"),
)
BY_CODE: Mapping[str, Reason] = {one.code: one for one in REASONS}
AWAY = frozenset({"42", "80"})
"""Reasons that pass by themselves: nothing is to be corrected."""
FOLLOW_UP: Mapping[str, str] = {
    "C": "correct and ask again",
    "N": "do not ask again",
    "P": "ask again, the payer is notified",
    "R": "may be asked again",
    "S": "do not ask again, ask another",
    "W": "wait 30 days and ask again",
    "X": "wait 10 days and ask again",
    "Y": "do not ask again, the payer answers later",
}
