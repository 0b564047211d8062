"""Which diagnoses and codes HI01-1 of a review tells apart, by system and type."""

from collections.abc import Mapping

from mappers.fhir_x12.system import ICD_9_CM, ICD_10_CM

LOINC = "http://loinc.org"


MOST = 12


_PAYMENT = "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment"


GROUPS = (
    f"{_PAYMENT}/AcuteInpatientPPS/MS-DRG-Classifications-and-Software",
    "http://uri.hddaccess.com/cs/apdrg",
    "http://uri.hddaccess.com/cs/aprdrg",
)


KINDS: Mapping[tuple[str, str], str] = {  # system, type: HI01-1
    (ICD_10_CM, "principal"): "ABK",
    (ICD_10_CM, "admitting"): "ABJ",
    (ICD_10_CM, "patientreasonforvisit"): "APR",
    (ICD_10_CM, ""): "ABF",
    (ICD_9_CM, "principal"): "BK",
    (ICD_9_CM, "admitting"): "BJ",
    (ICD_9_CM, "patientreasonforvisit"): "PR",
    (ICD_9_CM, ""): "BF",
    **{(group, ""): "DR" for group in reversed(GROUPS)},
    (LOINC, ""): "LOI",
}


MEANT = {qualifier: key for key, qualifier in KINDS.items()}
