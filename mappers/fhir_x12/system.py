"""The identifier and code systems by which FHIR elements find their X12 place."""

NPI = "http://hl7.org/fhir/sid/us-npi"
EIN = "urn:oid:2.16.840.1.113883.4.4"
SSN = "http://hl7.org/fhir/sid/us-ssn"
PAYER_ID = "https://parity.example/payer-id"
TAXONOMY = "http://nucc.org/provider-taxonomy"
PLACE_OF_SERVICE = (
    "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
)
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
CPT = "http://www.ama-assn.org/go/cpt"
FILING_INDICATOR = "https://x12.org/codes/claim-filing-indicator-codes"
CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
RARC = "https://x12.org/codes/remittance-advice-remark-codes"
NCPDP_REJECT = "https://parity.example/fhir/CodeSystem/ncpdp-reject"
ADJUSTMENT_GROUP = "https://x12.org/codes/claim-adjustment-group-codes"
PROVIDER_ADJUSTMENT = "https://x12.org/codes/provider-adjustment-reason-codes"
STATUS_CATEGORY = "https://x12.org/codes/claim-status-category-codes"
STATUS = "https://x12.org/codes/claim-status-codes"
PAYMENT_METHOD = "https://x12.org/codes/payment-method-codes"
ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
REFERENCE_QUALIFIER = "https://x12.org/codes/reference-identification-qualifiers"
SERVICE_TYPE = "https://x12.org/codes/service-type-codes"
BENEFIT_INFORMATION = "https://x12.org/codes/eligibility-or-benefit-information-codes"
BENEFIT_LEVEL = "https://x12.org/codes/coverage-level-codes"
BENEFIT_PERIOD = "https://x12.org/codes/time-period-qualifiers"
BENEFIT_NETWORK = "https://x12.org/codes/in-plan-network-indicators"
REJECT_REASON = "https://x12.org/codes/reject-reason-codes"
ENTITY = "https://x12.org/codes/entity-identifier-codes"
STATUS_TRACE = "https://parity.example/fhir/NamingSystem/claim-status-trace"
ELIGIBILITY_TRACE = "https://parity.example/fhir/NamingSystem/eligibility-trace"
PAYMENT_TYPE = "http://terminology.hl7.org/CodeSystem/payment-type"
CLAIM_PAYMENT_TYPE = "http://terminology.hl7.org/CodeSystem/ex-paymenttype"
CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
PAYER_CLAIM_NUMBER = "https://parity.example/fhir/NamingSystem/payer-claim-number"
PATIENT_CONTROL_NUMBER = "https://parity.example/fhir/NamingSystem/patient-control-number"
PAYMENT_TRACE = "https://parity.example/fhir/NamingSystem/payment-trace"
MEMBER_ID = "https://parity.example/fhir/NamingSystem/member-id"
PAYEE_ID = "https://parity.example/fhir/NamingSystem/payee-id"
PAYMENT_STATUS_EXTENSION = "https://parity.example/fhir/StructureDefinition/claim-payment-status"
FLAG = "https://parity.example/fhir/CodeSystem/flag"
R4_TEAM_ROLE = "http://terminology.hl7.org/CodeSystem/claimcareteamrole"
REFERENCE_KIND = "https://x12.org/codes/reference-identification-qualifiers"
ICD_9_CM = "http://hl7.org/fhir/sid/icd-9-cm"
ICD_10_PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
ICD_9_PROCEDURES = "http://hl7.org/fhir/sid/icd-9-cm/procedure"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CDT = "http://www.ada.org/cdt"
HIPPS = "https://www.cms.gov/Medicare/Payment/ProspMedicareFeeSvcPmtGen/HIPPSCodes"
NDC = "http://hl7.org/fhir/sid/ndc"
UCUM = "http://unitsofmeasure.org"
HEALTH_PLAN_ID = "https://parity.example/fhir/NamingSystem/health-plan-id"
STANDARD_MEMBER_ID = "https://parity.example/fhir/NamingSystem/unique-health-identifier"
CLEARINGHOUSE_TRACE = "https://parity.example/fhir/NamingSystem/clearinghouse-trace"
ATTACHMENT_CONTROL = "https://parity.example/fhir/NamingSystem/attachment-control-number"
DATA_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
RELATIONSHIP = "http://terminology.hl7.org/CodeSystem/subscriber-relationship"
X12_RELATIONSHIP = "https://x12.org/codes/individual-relationship-codes"
COVERAGE_CLASS = "http://terminology.hl7.org/CodeSystem/coverage-class"
PAYEE_TYPE = "http://terminology.hl7.org/CodeSystem/payeetype"
X12_ASSIGNMENT = "https://x12.org/codes/benefits-assignment"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
X12_CAUSE = "https://x12.org/codes/related-causes-codes"
RELATED_CLAIM = "http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship"
DIAGNOSIS_TYPE = "http://terminology.hl7.org/CodeSystem/ex-diagnosistype"
PRESENT_ON_ADMISSION = "http://terminology.hl7.org/CodeSystem/ex-diagnosis-on-admission"
PROCEDURE_TYPE = "http://terminology.hl7.org/CodeSystem/ex-proceduretype"
CARE_TEAM_ROLE = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBClaimCareTeamRole"
INFORMATION = "http://terminology.hl7.org/CodeSystem/claiminformationcategory"
CARIN_INFORMATION = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBSupportingInfoType"
OWN_INFORMATION = "https://parity.example/fhir/CodeSystem/claim-information"
PROGRAM = "https://parity.example/fhir/CodeSystem/program"
NOTE_KIND = "https://x12.org/codes/note-reference-codes"
REPORT_TYPE = "https://x12.org/codes/report-type-codes"
NUBC = "https://www.nubc.org/CodeSystem"
REVENUE = f"{NUBC}/RevenueCodes"
TOOTH = "https://parity.example/fhir/CodeSystem/universal-tooth-designation"
TOOTH_SURFACE = "http://terminology.hl7.org/CodeSystem/FDI-surface"
ORAL_CAVITY = "https://parity.example/fhir/CodeSystem/oral-cavity-area"
DRG = "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG"
EXTENSION = "https://parity.example/fhir/StructureDefinition"
"""What the URLs of our own extensions begin with."""

_OF_R4 = ("info", "attachment", "missingtooth", "onset", "exception", "other")
_OF_CARIN = (
    "admissionperiod",
    "pointoforigin",
    "admtype",
    "discharge-status",
    "drg",
    "typeofbill",
    "clmrecvddate",
)


def system_of(member: str, code: str) -> str:
    """Return the system of a code that tells items apart: the category of an information, a type.

    R4's own categories first, then the slots of CARIN Blue Button, then ours.
    """
    if member == "type":
        return COVERAGE_CLASS if code == "group" else IDENTIFIER_TYPE
    if code in _OF_R4:
        return INFORMATION
    return CARIN_INFORMATION if code in _OF_CARIN else OWN_INFORMATION


def extension(*names: str) -> str:
    """Return the path of one of our extensions, or of a part of one."""
    first, *parts = names
    path = f"extension[url={EXTENSION}/{first}]"
    return ".".join([path, *(f"extension[url={one}]" for one in parts)])
