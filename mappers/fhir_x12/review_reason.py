"""Why a review is refused: reasons of data element 901 in our words, and what each is about."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """Whom or what a loop speaks of: the FHIR element, and its parts by what is wrong."""

    element: str
    parts: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: our words, and which part of the level it is about (empty: the whole)."""

    code: str
    words: str
    part: str = ""


_PERSON = {
    "number": ("NM109", "identifier"),
    "name": ("NM103", "name"),
    "birth": ("DMG02", "birthDate"),
    "gender": ("DMG03", "gender"),
}


_PROVIDER = {
    "number": ("NM109", "identifier"),
    "name": ("NM103", "name"),
    "specialty": ("PRV03", "qualification"),
    "telephone": ("PER04", "telecom"),
    "state": ("N402", "address.state"),
}


_SERVICE = {"date": ("DTP03", "serviced"), "number": ("REF02", "extension")}


LEVELS: Mapping[str, Level] = {
    "2000A": Level("Claim", {}),
    "2010A": Level("Claim.insurer", _PROVIDER),
    "2010B": Level("Claim.provider", _PROVIDER),
    "2010C": Level(
        "Claim.insurance.coverage.subscriber",
        {**_PERSON, "number": ("NM109", "identifier")},
    ),
    "2010D": Level("Claim.patient", _PERSON),
    "2000E": Level("Claim", {"date": ("DTP03", "supportingInfo.timing"), "number": ("REF02", "")}),
    "2010EA": Level("Claim.careTeam.provider", _PROVIDER),
    "2010EC": Level("Claim.facility", {}),
    "2000F": Level("Claim.item", _SERVICE),
    "2010FA": Level("Claim.careTeam.provider", _PROVIDER),
}


REASONS = (
    Reason("04", "more than is allowed was asked for"),
    Reason("15", "data the payer needs is missing"),
    Reason("33", "data is wrong"),
    Reason("35", "the provider is out of network"),
    Reason("41", "the payer does not let this one ask", "number"),
    Reason("42", "the payer cannot answer at the moment"),
    Reason("43", "the provider's number is missing or not known", "number"),
    Reason("44", "the provider's name is missing or not known", "name"),
    Reason("45", "the provider's specialty is missing or not known", "specialty"),
    Reason("46", "the provider's telephone number is missing or wrong", "telephone"),
    Reason("47", "the provider's state is missing or wrong", "state"),
    Reason("49", "the provider is not the patient's primary care physician"),
    Reason("50", "the provider may not inquire", "number"),
    Reason("51", "the provider is not on file", "number"),
    Reason("52", "the dates lie outside the provider's plan enrollment", "date"),
    Reason("56", "a date is not acceptable", "date"),
    Reason("57", "the dates of service are missing or wrong", "date"),
    Reason("58", "the birth date is missing or wrong", "birth"),
    Reason("60", "the birth date follows the dates of service", "date"),
    Reason("61", "the date of death precedes the dates of service", "date"),
    Reason("62", "the date lies outside what may be asked about", "date"),
    Reason("64", "the patient's number is missing or wrong", "number"),
    Reason("65", "the patient's name is missing or wrong", "name"),
    Reason("66", "the patient's gender is missing or wrong", "gender"),
    Reason("67", "the patient is not found", "number"),
    Reason("68", "the patient's number stands for several people", "number"),
    Reason("71", "the birth date is not the one on file", "birth"),
    Reason("72", "the member number is missing or wrong", "number"),
    Reason("73", "the subscriber's name is missing or wrong", "name"),
    Reason("74", "the subscriber's gender is missing or wrong", "gender"),
    Reason("75", "the subscriber is not found", "number"),
    Reason("76", "the member number stands for several people", "number"),
    Reason("77", "the subscriber is found, the patient is not", "name"),
    Reason("79", "the number of a party is not known", "number"),
    Reason("80", "there was no answer from the payer"),
    Reason("95", "the patient is not eligible"),
    Reason("97", "the name or address of a party is missing or wrong", "name"),
    Reason("AA", "the authorization number is not found", "number"),
    Reason("T4", "the payer's name or number is missing", "number"),
)
