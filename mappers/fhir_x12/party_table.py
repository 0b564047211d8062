"""The people and organizations of a claim, FHIR and 837: names, addresses, identifiers."""

from mappers.fhir_x12.contact import CONTACT
from mappers.fhir_x12.segment import (
    LoopMap,
    Row,
    Segment,
    at,
    either,
    fixed,
    must,
    needed,
    segment,
)
from mappers.fhir_x12.system import (
    EIN,
    HEALTH_PLAN_ID,
    NPI,
    PAYER_ID,
    REFERENCE_KIND,
    SSN,
    STANDARD_MEMBER_ID,
    TAXONOMY,
    extension,
)

_PERSON: tuple[Row, ...] = (
    must("NM103", "name[0].family", form="text"),
    at("NM104", "name[0].given[0]", form="text"),
    at("NM105", "name[0].given[1]", form="text"),
    at("NM107", "name[0].suffix[0]", form="text"),
)
_NAMED: tuple[Row, ...] = (must("NM103", "name", form="text"),)
_PAYER_KINDS = (
    ("PI", f"identifier[system={PAYER_ID}].value"),
    ("XV", f"identifier[system={HEALTH_PLAN_ID}].value"),
)
_LEGACY = ("0B", "1G", "G2", "LU")


def _npi(*, required: bool) -> Row:
    return either("NM108", "NM109", ("XX", f"identifier[system={NPI}].value"), required=required)


def _entity(*codes: str, npi: bool = False) -> tuple[Segment, Segment]:
    """Return the name of a provider who may be a person or an organization."""
    head = fixed("NM101", *codes)
    return (
        needed("NM1", head, fixed("NM102", "1"), *_PERSON, _npi(required=npi), of="person"),
        needed("NM1", head, fixed("NM102", "2"), *_NAMED, _npi(required=npi), of="organization"),
    )


def _address() -> tuple[Segment, Segment]:
    """Return a required street address; the country is said where it is not the United States."""
    return (
        needed(
            "N3",
            must("N301", "address[0].line[0]", form="text"),
            at("N302", "address[0].line[1]", form="text"),
        ),
        needed(
            "N4",
            must("N401", "address[0].city", form="text"),
            must("N402", "address[0].state"),
            must("N403", "address[0].postalCode", form="postal"),
            at("N404", "address[0].country", form="country"),
            at("N407", f"address[0].{extension('country-subdivision')}.valueCode"),
        ),
    )


def _maybe_address() -> tuple[Segment, Segment]:
    """Return a situational street address."""
    street, city = _address()
    return Segment(street.id, street.rows), Segment(city.id, city.rows)


def _birth() -> Segment:
    return needed(
        "DMG",
        fixed("DMG01", "D8"),
        must("DMG02", "birthDate", form="date"),
        must("DMG03", "gender", form="administrative-gender"),
    )


def references(*codes: str) -> Segment:
    """Return the identifiers whose type is one of these X12 qualifiers, a segment each."""
    return segment(
        "REF",
        fixed("REF01", *codes),
        at("REF01", f"type.coding[system={REFERENCE_KIND}].code"),
        at("REF02", "value"),
        each="identifier",
    )


def _specialty(kind: str) -> Segment:
    """Return the taxonomy code by which a provider acts."""
    return segment(
        "PRV",
        fixed("PRV01", kind),
        fixed("PRV02", "PXC"),
        at("PRV03", "taxonomy", note="of the care team, the role, the type or qualification"),
    )


SUBMITTER = LoopMap(
    "1000A",
    "Exchange.submitter",
    (
        needed(
            "NM1",
            fixed("NM101", "41"),
            fixed("NM102", "2"),
            must("NM103", "name", form="text"),
            fixed("NM108", "46"),
            must("NM109", "id"),
            of="organization",
        ),
        needed(
            "NM1",
            fixed("NM101", "41"),
            fixed("NM102", "1"),
            *_PERSON[:3],
            fixed("NM108", "46"),
            must("NM109", "id"),
            of="person",
        ),
        CONTACT,
    ),
    note="From the trading partner; name and telephone are the billing provider's where it has "
    "none.",
)
RECEIVER = LoopMap(
    "1000B",
    "Exchange.receiver",
    (
        needed(
            "NM1",
            fixed("NM101", "40"),
            fixed("NM102", "2"),
            must("NM103", "name", form="text"),
            fixed("NM108", "46"),
            must("NM109", "id"),
        ),
    ),
)
BILLING_LEVEL = LoopMap("2000A", "Claim.provider", (_specialty("BI"),))
BILLING = LoopMap(
    "2010AA",
    "Claim.provider",
    (
        *_entity("85", npi=True),
        *_address(),
        needed(
            "REF",
            either(
                "REF01",
                "REF02",
                ("EI", f"identifier[system={EIN}].value", "digits"),
                ("SY", f"identifier[system={SSN}].value", "digits"),
                required=True,
            ),
        ),
        references("0B", "1G"),
        CONTACT,
    ),
)
PAY_TO = LoopMap(
    "2010AB",
    "Claim.provider",
    (
        needed("NM1", fixed("NM101", "87"), fixed("NM102", "1"), of="person"),
        needed("NM1", fixed("NM101", "87"), fixed("NM102", "2"), of="organization"),
        *_address(),
    ),
    note="The address of use billing, where the provider has another one too.",
)
PAY_TO_PLAN = LoopMap(
    "2010AC",
    "Claim.payee.party",
    (
        needed(
            "NM1",
            fixed("NM101", "PE"),
            fixed("NM102", "2"),
            must("NM103", "name", form="text"),
            either("NM108", "NM109", *_PAYER_KINDS, required=True),
        ),
        *_address(),
        references("2U", "FY", "NF"),
        needed(
            "REF",
            fixed("REF01", "EI"),
            must("REF02", f"identifier[system={EIN}].value", form="digits"),
        ),
    ),
    note="A plan that is paid in place of the provider.",
)
SUBSCRIBER = LoopMap(
    "2010BA",
    "Coverage.subscriber",
    (
        needed(
            "NM1",
            fixed("NM101", "IL"),
            fixed("NM102", "1"),
            *_PERSON,
            either(
                "NM108",
                "NM109",
                ("MI", "memberId"),
                ("II", f"identifier[system={STANDARD_MEMBER_ID}].value"),
                required=True,
            ),
            of="person",
        ),
        needed(
            "NM1",
            fixed("NM101", "IL"),
            fixed("NM102", "2"),
            *_NAMED,
            either("NM108", "NM109", ("MI", "memberId"), required=True),
            of="organization",
        ),
        references("SY", "Y4"),
        CONTACT,
    ),
    note="`memberId` is Coverage.subscriberId.",
)
ABOUT_SUBSCRIBER = LoopMap(
    "2010BA",
    "Coverage.subscriber",
    (*_address(), _birth()),
    note="Sent where the patient is the subscriber.",
)
ABOUT_HOLDER = LoopMap(
    "2010BA",
    "Coverage.subscriber",
    (*_maybe_address(), Segment("DMG", _birth().rows)),
    note="Where the patient is another person: read, and sent again only if it was sent before "
    "(extension holder-demographics of the Coverage).",
)
PAYER = LoopMap(
    "2010BB",
    "Coverage.payor",
    (
        needed(
            "NM1",
            fixed("NM101", "PR"),
            fixed("NM102", "2"),
            must("NM103", "name", form="text"),
            either("NM108", "NM109", *_PAYER_KINDS, required=True),
        ),
        *_maybe_address(),
        references("2U", "EI", "FY", "NF"),
    ),
)
PROVIDER_AT_PAYER = LoopMap(
    "2010BB",
    "Claim.provider",
    (references("G2", "LU"),),
    note="Identifiers of the billing provider whose assigner is the payer.",
)
PATIENT = LoopMap(
    "2010CA",
    "Claim.patient",
    (
        needed("NM1", fixed("NM101", "QC"), fixed("NM102", "1"), *_PERSON),
        *_address(),
        _birth(),
        references("Y4", "1W", "SY"),
        CONTACT,
    ),
)


def provider(
    loop: str, *codes: str, npi: bool = False, specialty: str = "", address: bool = False
) -> LoopMap:
    """Return the loop of a provider who takes part: name, NPI, taxonomy, other numbers."""
    return LoopMap(
        loop,
        "Claim.careTeam.provider",
        (
            *_entity(*codes, npi=npi),
            *((_specialty(specialty),) if specialty else ()),
            *(_maybe_address() if address else ()),
            payer_references(*_LEGACY),
            CONTACT,
        ),
    )


def payer_references(*codes: str) -> Segment:
    """Return typed identifiers; the payer one belongs to, if not the destination, is REF04."""
    return segment(
        "REF",
        fixed("REF01", *codes),
        at("REF01", f"type.coding[system={REFERENCE_KIND}].code"),
        at("REF02", "value"),
        fixed("REF04-1", "2U", beside="REF04-2"),
        at("REF04-2", f"{extension('other-payer')}.valueString"),
        each="identifier",
    )


def place(loop: str, code: str, *, needs_address: bool = True) -> LoopMap:
    """Return the loop of a place: a facility, where an ambulance takes up or sets down."""
    return LoopMap(
        loop,
        "Claim.facility",
        (
            Segment(
                "NM1",
                (
                    fixed("NM101", code),
                    fixed("NM102", "2"),
                    (must if code == "77" else at)("NM103", "name", form="text"),
                    _npi(required=False),
                ),
                needed=True,
            ),
            *(_address() if needs_address else _maybe_address()),
            payer_references("0B", "G2", "LU"),
            CONTACT,
        ),
    )


REFERRING = provider("2310A", "DN", "P3")
RENDERING = provider("2310B", "82", npi=True, specialty="PE")
FACILITY = place("2310C", "77")
SUPERVISING = provider("2310D", "DQ")
PICK_UP = place("2310E", "PW")
DROP_OFF = place("2310F", "45")
ATTENDING = provider("2310A", "71", specialty="AT")
OPERATING = provider("2310B", "72")
OTHER_OPERATING = provider("2310C", "ZZ")
OTHER_SUBSCRIBER = LoopMap(
    "2330A",
    "Coverage.subscriber",
    (
        *SUBSCRIBER.segments[:2],
        *_maybe_address(),
        references("SY"),
    ),
)
OTHER_PAYER = LoopMap(
    "2330B",
    "Coverage.payor",
    (PAYER.segments[0], *_maybe_address(), references("2U", "EI", "FY", "NF")),
)
TAXONOMY_PATHS = (
    f"role.specialty.coding[system={TAXONOMY}].code",
    f"type.coding[system={TAXONOMY}].code",
    f"qualification.code.coding[system={TAXONOMY}].code",
)
"""Where a provider's taxonomy stands: in its role, on the organization, on the person."""
