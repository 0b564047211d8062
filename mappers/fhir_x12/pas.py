"""The extensions, profiles and code systems of Da Vinci Prior Authorization Support, by name.

Source: https://hl7.org/fhir/us/davinci-pas/. Codes of X12 stand under one system for each data
element: `code("306", "valueCodeableConcept")` is the path of a review action code.
"""

BASE = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition"
ELEMENT = "https://codesystem.x12.org/005010"
TEMPORARY = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes"
REASON = "https://codesystem.x12.org/external/886"
INFO_CANCELLED = f"{BASE}/modifierextension-infoCancelled"
INFO_CHANGED = f"{BASE}/extension-infoChanged"
ENCOUNTER = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Claim.encounter"
CLAIM = f"{BASE}/profile-claim"
CLAIM_UPDATE = f"{BASE}/profile-claim-update"
CLAIM_INQUIRY = f"{BASE}/profile-claim-inquiry"
RESPONSE = f"{BASE}/profile-claimresponse"
INQUIRY_RESPONSE = f"{BASE}/profile-claiminquiryresponse"
REQUEST_BUNDLE = f"{BASE}/profile-pas-request-bundle"
INQUIRY_BUNDLE = f"{BASE}/profile-pas-inquiry-request-bundle"
RESPONSE_BUNDLE = f"{BASE}/profile-pas-response-bundle"
INQUIRY_RESPONSE_BUNDLE = f"{BASE}/profile-pas-inquiry-response-bundle"
COMMUNICATION_REQUEST = f"{BASE}/profile-communicationrequest"


def url(name: str) -> str:
    """Return the canonical address of an extension: `reviewAction`."""
    return f"{BASE}/extension-{name}"


def extension(name: str, *parts: str) -> str:
    """Return the path of an extension, or of a part of one."""
    return ".".join([f"extension[url={url(name)}]", *(f"extension[url={one}]" for one in parts)])


def system(element: str) -> str:
    """Return the code system of a data element: `1365`."""
    return f"{ELEMENT}/{element}"


def code(element: str, path: str) -> str:
    """Return the path of the code of a data element in a CodeableConcept."""
    return f"{path}.coding[system={system(element)}].code"


def coded(element: str, name: str) -> str:
    """Return the path of the code that an extension holds."""
    return code(element, f"{extension(name)}.valueCodeableConcept")
