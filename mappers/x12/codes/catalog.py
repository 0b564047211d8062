"""The code lists a site may load, and what their codes look like."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listing:
    """One code list: its name at the command line, the form of its codes, whose it is.

    `system` is the FHIR code system of the codes, empty where there is none to name.
    """

    name: str
    title: str
    form: str
    owner: str
    system: str = ""

    def is_code(self, text: str) -> bool:
        """Tell whether a text has the form of a code of this list."""
        return re.fullmatch(self.form, text) is not None


LISTINGS: tuple[Listing, ...] = (
    Listing(
        "carc",
        "claim adjustment reasons",
        r"[A-Z]{0,2}\d{1,3}",
        "X12",
        "https://x12.org/codes/claim-adjustment-reason-codes",
    ),
    Listing(
        "rarc",
        "remittance remarks",
        r"(?:M|MA|N)\d{1,4}",
        "X12 and CMS",
        "https://x12.org/codes/remittance-advice-remark-codes",
    ),
    Listing("claim-status-category", "claim status categories", r"[A-Z]\d{1,2}", "X12"),
    Listing("claim-status", "claim statuses", r"\d{1,4}", "X12"),
    Listing(
        "service-type",
        "service types",
        r"[0-9A-Z]{1,3}",
        "X12",
        "https://x12.org/codes/service-type-codes",
    ),
    Listing(
        "taxonomy",
        "provider taxonomy",
        r"[0-9A-Z]{9}X",
        "NUCC",
        "http://nucc.org/provider-taxonomy",
    ),
    Listing(
        "icd-10-cm",
        "diagnoses",
        r"[A-Z][0-9][0-9A-Z]{1,5}",
        "CDC",
        "http://hl7.org/fhir/sid/icd-10-cm",
    ),
    Listing("hcpcs", "procedures and supplies", r"[0-9A-Z][0-9]{3}[0-9A-Z]", "CMS and AMA"),
    Listing("pos", "places of service", r"\d{2}", "CMS"),
    Listing("revenue", "revenue codes", r"\d{4}", "NUBC"),
    Listing("bill-type", "types of bill, second and third digit", r"\d{2}", "NUBC"),
    Listing("condition", "condition codes", r"[0-9A-Z]{2}", "NUBC"),
    Listing("occurrence", "occurrence codes", r"[0-9A-Z]{2}", "NUBC"),
    Listing("occurrence-span", "occurrence span codes", r"[0-9A-Z]{2}", "NUBC"),
    Listing("value", "value codes", r"[0-9A-Z]{2}", "NUBC"),
    Listing("patient-status", "patient statuses at discharge", r"\d{2}", "NUBC"),
    Listing("admission-type", "types of admission", r"\d", "NUBC"),
    Listing("point-of-origin", "points of origin", r"[0-9A-Z]", "NUBC"),
)
BY_NAME: dict[str, Listing] = {one.name: one for one in LISTINGS}
