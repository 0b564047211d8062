"""FHIR Claim to 837P, segment by segment: rows only, no steps."""

from mappers.fhir_x12.system import (
    EIN,
    FILING_INDICATOR,
    NPI,
    PAYER_ID,
    PLACE_OF_SERVICE,
    SSN,
    TAXONOMY,
)
from mappers.rule import AllOf, Empty, Is, Not, Rule, Table, Valued

_FILING = f"Coverage.type.coding[system={FILING_INDICATOR}].code"
_NO_FILING = Empty(_FILING)
_PROVIDER_EIN = f"Claim.provider.identifier[system={EIN}].value"
_IS_SPAN = Valued("Claim.item.servicedPeriod.start")


def _person(head: str, first: int = 3) -> tuple[Rule, ...]:
    """Return the rules of a person's name."""
    return (
        Rule(f"{head}.name.family", f"NM1{first:02d}", required=True),
        Rule(f"{head}.name.given[0]", f"NM1{first + 1:02d}"),
        Rule(f"{head}.name.given[1]", f"NM1{first + 2:02d}"),
        Rule(f"{head}.name.suffix[0]", f"NM1{first + 4:02d}"),
    )


def _name(head: str) -> tuple[Rule, ...]:
    """Return the rules of a name, of an organization (a text) or of a person."""
    family = f"{head}.name.family"
    return (
        Rule("", "NM102", constant="2", when=Empty(family)),
        Rule("", "NM102", constant="1", when=Valued(family)),
        Rule(f"{head}.name", "NM103", when=Empty(family), required=True),
        Rule(family, "NM103"),
        Rule(f"{head}.name.given[0]", "NM104"),
        Rule(f"{head}.name.given[1]", "NM105"),
        Rule(f"{head}.name.suffix[0]", "NM107"),
    )


def _npi(head: str, *, required: bool) -> tuple[Rule, ...]:
    """Return the rules of a National Provider Identifier."""
    path = f"{head}.identifier[system={NPI}].value"
    return (
        Rule("", "NM108", constant="XX", when=Valued(path)),
        Rule(path, "NM109", using="token", required=required),
    )


def _address(loop: str, head: str, *, required: bool) -> tuple[Table, Table]:
    """Return the tables of a street address."""
    return (
        Table(
            head,
            f"{loop} N3",
            (
                Rule(f"{head}.address.line[0]", "N301", required=required),
                Rule(f"{head}.address.line[1]", "N302"),
            ),
        ),
        Table(
            head,
            f"{loop} N4",
            (
                Rule(f"{head}.address.city", "N401", required=required),
                Rule(f"{head}.address.state", "N402", using="token", required=required),
                Rule(f"{head}.address.postalCode", "N403", using="digits", required=required),
            ),
        ),
    )


def _birth(loop: str, head: str) -> Table:
    """Return the table of birth date and gender."""
    return Table(
        head,
        f"{loop} DMG",
        (
            Rule("", "DMG01", constant="D8"),
            Rule(f"{head}.birthDate", "DMG02", using="date", required=True),
            Rule(
                f"{head}.gender",
                "DMG03",
                using="code",
                codes="administrative-gender",
                required=True,
            ),
        ),
    )


def _submitter(target: str) -> tuple[Rule, ...]:
    """Return the rules of the submitter's name: the partner row's, else the billing provider's."""
    name, family = "Exchange.submitter.name", "Claim.provider.name.family"
    return (
        Rule(name, target),
        Rule(family, target, when=Empty(name)),
        Rule(
            "Claim.provider.name",
            target,
            when=AllOf((Empty(name), Empty(family))),
            required=True,
        ),
    )


SUBMITTER_NAME = Table(
    "Exchange",
    "1000A NM1*41",
    (
        Rule("", "NM101", constant="41"),
        Rule("", "NM102", constant="2"),
        *_submitter("NM103"),
        Rule("", "NM108", constant="46"),
        Rule("Exchange.submitter.id", "NM109", using="token", required=True),
    ),
    note="From the trading partner's row; the name and telephone are the billing provider's.",
)
SUBMITTER_CONTACT = Table(
    "Exchange",
    "1000A PER*IC",
    (
        Rule("", "PER01", constant="IC"),
        *_submitter("PER02"),
        Rule("", "PER03", constant="TE"),
        Rule("Claim.provider.telecom[system=phone].value", "PER04", using="digits", required=True),
        Rule("", "PER05", constant="EM", when=Valued("Claim.provider.telecom[system=email].value")),
        Rule("Claim.provider.telecom[system=email].value", "PER06", using="token"),
    ),
)
RECEIVER = Table(
    "Exchange",
    "1000B NM1*40",
    (
        Rule("", "NM101", constant="40"),
        Rule("", "NM102", constant="2"),
        Rule("Exchange.receiver.name", "NM103", required=True),
        Rule("", "NM108", constant="46"),
        Rule("Exchange.receiver.id", "NM109", using="token", required=True),
    ),
)
BILLING_SPECIALTY = Table(
    "Claim.provider",
    "2000A PRV*BI",
    (
        Rule("", "PRV01", constant="BI"),
        Rule("", "PRV02", constant="PXC"),
        Rule(
            f"Claim.provider.role.specialty.coding[system={TAXONOMY}].code", "PRV03", using="token"
        ),
        Rule(f"Claim.provider.type.coding[system={TAXONOMY}].code", "PRV03", using="token"),
        Rule(
            f"Claim.provider.qualification.code.coding[system={TAXONOMY}].code",
            "PRV03",
            using="token",
        ),
    ),
)
BILLING_NAME = Table(
    "Claim.provider",
    "2010AA NM1*85",
    (
        Rule("", "NM101", constant="85"),
        *_name("Claim.provider"),
        *_npi("Claim.provider", required=True),
    ),
)
BILLING_TAX_ID = Table(
    "Claim.provider",
    "2010AA REF*EI",
    (
        Rule("", "REF01", constant="EI", when=Valued(_PROVIDER_EIN)),
        Rule(_PROVIDER_EIN, "REF02", using="digits"),
        Rule("", "REF01", constant="SY", when=Empty(_PROVIDER_EIN)),
        Rule(
            f"Claim.provider.identifier[system={SSN}].value",
            "REF02",
            using="digits",
            when=Empty(_PROVIDER_EIN),
            required=True,
        ),
    ),
)
BILLING_STREET, BILLING_CITY = _address("2010AA", "Claim.provider", required=True)
SUBSCRIBER_LEVEL = Table(
    "Coverage",
    "2000B SBR",
    (
        Rule("Coverage.order", "SBR01", using="code", codes="coverage-order"),
        Rule("", "SBR01", constant="P", when=Empty("Coverage.order")),
        Rule("", "SBR02", constant="18", when=Is("Exchange.patientIs", ("subscriber",))),
        Rule("Coverage.class[0].value", "SBR03", using="token"),
        Rule(
            "Coverage.class[0].name",
            "SBR04",
            when=Empty("Coverage.class[0].value"),
        ),
        Rule(_FILING, "SBR09", using="token"),
        Rule(
            "Coverage.type.coding.code",
            "SBR09",
            using="code",
            codes="coverage-type",
            when=_NO_FILING,
            required=True,
        ),
    ),
    note="The class is the one of type group.",
)
SUBSCRIBER_NAME = Table(
    "Coverage.subscriber",
    "2010BA NM1*IL",
    (
        Rule("", "NM101", constant="IL"),
        Rule("", "NM102", constant="1"),
        *_person("Coverage.subscriber"),
        Rule("", "NM108", constant="MI"),
        Rule("Coverage.subscriberId", "NM109", using="token", required=True),
    ),
)
SUBSCRIBER_STREET, SUBSCRIBER_CITY = _address("2010BA", "Coverage.subscriber", required=True)
SUBSCRIBER_BIRTH = _birth("2010BA", "Coverage.subscriber")
SUBSCRIBER_IS_PATIENT = (SUBSCRIBER_STREET, SUBSCRIBER_CITY, SUBSCRIBER_BIRTH)
PAYER_NAME = Table(
    "Coverage.payor",
    "2010BB NM1*PR",
    (
        Rule("", "NM101", constant="PR"),
        Rule("", "NM102", constant="2"),
        Rule("Coverage.payor.name", "NM103", required=True),
        Rule("", "NM108", constant="PI"),
        Rule(
            f"Coverage.payor.identifier[system={PAYER_ID}].value",
            "NM109",
            using="token",
            required=True,
        ),
    ),
)
PAYER_STREET, PAYER_CITY = _address("2010BB", "Coverage.payor", required=False)
PATIENT_LEVEL = Table(
    "Coverage",
    "2000C PAT",
    (
        Rule(
            "Coverage.relationship.coding.code",
            "PAT01",
            using="code",
            codes="subscriber-relationship",
            required=True,
        ),
    ),
)
PATIENT_NAME = Table(
    "Claim.patient",
    "2010CA NM1*QC",
    (
        Rule("", "NM101", constant="QC"),
        Rule("", "NM102", constant="1"),
        *_person("Claim.patient"),
    ),
)
PATIENT_STREET, PATIENT_CITY = _address("2010CA", "Claim.patient", required=True)
PATIENT_BIRTH = _birth("2010CA", "Claim.patient")
PATIENT = (PATIENT_NAME, PATIENT_STREET, PATIENT_CITY, PATIENT_BIRTH)
CLAIM = Table(
    "Claim",
    "2300 CLM",
    (
        Rule("Claim.identifier[0].value", "CLM01", using="token", required=True),
        Rule("Claim.total.value", "CLM02", using="number", required=True),
        Rule(
            f"Claim.item[0].locationCodeableConcept.coding[system={PLACE_OF_SERVICE}].code",
            "CLM05-1",
            using="token",
            required=True,
        ),
        Rule("", "CLM05-2", constant="B"),
        Rule(
            "Claim.related[0].relationship.coding.code",
            "CLM05-3",
            using="code",
            codes="related-claim",
            when=Valued("Claim.related[0].relationship.coding.code"),
            required=True,
        ),
        Rule("", "CLM05-3", constant="1", when=Empty("Claim.related[0].relationship.coding.code")),
        Rule("", "CLM06", constant="Y", note="provider's signature on file"),
        Rule("", "CLM07", constant="A", note="assignment accepted"),
        Rule("Claim.payee.type.coding.code", "CLM08", using="code", codes="payee-type"),
        Rule("", "CLM08", constant="Y", when=Empty("Claim.payee.type.coding.code")),
        Rule("", "CLM09", constant="Y", note="release of information on file"),
        Rule(
            "Claim.accident.type.coding.code",
            "CLM11-1",
            using="code",
            codes="accident-type",
            when=Valued("Claim.accident.type.coding.code"),
            required=True,
        ),
        Rule("Claim.accident.locationAddress.state", "CLM11-4", using="token"),
    ),
)
CLAIM_ACCIDENT = Table(
    "Claim",
    "2300 DTP*439",
    (
        Rule("", "DTP01", constant="439"),
        Rule("", "DTP02", constant="D8"),
        Rule("Claim.accident.date", "DTP03", using="date"),
    ),
)
CLAIM_AUTHORIZATION = Table(
    "Claim",
    "2300 REF*G1",
    (
        Rule("", "REF01", constant="G1"),
        Rule("Claim.insurance.preAuthRef[0]", "REF02", using="token"),
    ),
)
CLAIM_PAYER_NUMBER = Table(
    "Claim",
    "2300 REF*F8",
    (
        Rule("", "REF01", constant="F8"),
        Rule(
            "Claim.related[0].reference.value",
            "REF02",
            using="token",
            when=Valued("Claim.related[0].relationship.coding.code"),
            required=True,
        ),
    ),
)
CLAIM_RECORD_NUMBER = Table(
    "Claim.patient",
    "2300 REF*EA",
    (
        Rule("", "REF01", constant="EA"),
        Rule("Claim.patient.recordNumber.value", "REF02", using="token"),
    ),
    note="The identifier of type MR.",
)
CLAIM_NOTE = Table(
    "Claim",
    "2300 NTE*ADD",
    (
        Rule("", "NTE01", constant="ADD"),
        Rule("Claim.supportingInfo[0].valueString", "NTE02"),
    ),
    note="The information of category info.",
)
CLAIM_SEGMENTS = (
    CLAIM,
    CLAIM_ACCIDENT,
    CLAIM_AUTHORIZATION,
    CLAIM_PAYER_NUMBER,
    CLAIM_RECORD_NUMBER,
    CLAIM_NOTE,
)
REFERRING = Table(
    "Claim.careTeam.provider",
    "2310A NM1*DN",
    (
        Rule("", "NM101", constant="DN"),
        Rule("", "NM102", constant="1"),
        *_person("Claim.careTeam.provider"),
        *_npi("Claim.careTeam.provider", required=False),
    ),
)
RENDERING_NAME = Table(
    "Claim.careTeam.provider",
    "2310B NM1*82",
    (
        Rule("", "NM101", constant="82"),
        *_name("Claim.careTeam.provider"),
        *_npi("Claim.careTeam.provider", required=True),
    ),
    note="Left out where the rendering provider is the billing provider; 2420A for a line.",
)
RENDERING_SPECIALTY = Table(
    "Claim.careTeam",
    "2310B PRV*PE",
    (
        Rule("", "PRV01", constant="PE"),
        Rule("", "PRV02", constant="PXC"),
        Rule(
            f"Claim.careTeam.qualification.coding[system={TAXONOMY}].code", "PRV03", using="token"
        ),
        Rule(
            f"Claim.careTeam.provider.role.specialty.coding[system={TAXONOMY}].code",
            "PRV03",
            using="token",
        ),
    ),
)
RENDERING = (RENDERING_NAME, RENDERING_SPECIALTY)
FACILITY_NAME = Table(
    "Claim.facility",
    "2310C NM1*77",
    (
        Rule("", "NM101", constant="77"),
        Rule("", "NM102", constant="2"),
        Rule("Claim.facility.name", "NM103", required=True),
        *_npi("Claim.facility", required=False),
    ),
    note="Left out where the facility has the billing provider's address.",
)
FACILITY_STREET, FACILITY_CITY = _address("2310C", "Claim.facility", required=True)
FACILITY = (FACILITY_NAME, FACILITY_STREET, FACILITY_CITY)
SUPERVISING = Table(
    "Claim.careTeam.provider",
    "2310D NM1*DQ",
    (
        Rule("", "NM101", constant="DQ"),
        Rule("", "NM102", constant="1"),
        *_person("Claim.careTeam.provider"),
        *_npi("Claim.careTeam.provider", required=False),
    ),
)
SERVICE = Table(
    "Claim.item",
    "2400 SV1",
    (
        Rule("", "SV101-1", constant="HC"),
        Rule("Claim.item.productOrService.coding[0].code", "SV101-2", using="token", required=True),
        *(
            Rule(
                f"Claim.item.modifier[{number}].coding[0].code",
                f"SV101-{number + 3}",
                using="token",
            )
            for number in range(4)
        ),
        Rule("Claim.item.net.value", "SV102", using="number", required=True),
        Rule("", "SV103", constant="UN"),
        Rule("Claim.item.quantity.value", "SV104", using="number"),
        Rule("", "SV104", constant="1", when=Empty("Claim.item.quantity.value")),
        Rule(
            f"Claim.item.locationCodeableConcept.coding[system={PLACE_OF_SERVICE}].code",
            "SV105",
            using="token",
            note="where it is not the place of the claim",
        ),
        *(
            Rule(
                f"Claim.item.diagnosisSequence[{number}]",
                f"SV107-{number + 1}",
                using="number",
                required=not number,
                note="as the position of that diagnosis in HI",
            )
            for number in range(4)
        ),
    ),
    note="The procedure is the coding of CPT or HCPCS, else the first one.",
)
SERVICE_DATE = Table(
    "Claim.item",
    "2400 DTP*472",
    (
        Rule("", "DTP01", constant="472"),
        Rule("", "DTP02", constant="RD8", when=_IS_SPAN),
        Rule("", "DTP02", constant="D8", when=Not(_IS_SPAN)),
        Rule("Claim.item.servicedPeriod", "DTP03", using="span", when=_IS_SPAN, required=True),
        Rule("Claim.item.servicedDate", "DTP03", using="date", when=Not(_IS_SPAN), required=True),
    ),
    note="A period within one day is written as the day.",
)
LINE_CONTROL = Table(
    "Claim.item",
    "2400 REF*6R",
    (
        Rule("", "REF01", constant="6R"),
        Rule("Claim.item.lineControlNumber", "REF02", using="token"),
    ),
)
LINE = (SERVICE, SERVICE_DATE, LINE_CONTROL)
