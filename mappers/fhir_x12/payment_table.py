"""835 to FHIR: the rows of BPR, TRN, N1 and CLP, and what the amounts of a line are called."""

from mappers.codes import CodeMap, Row
from mappers.fhir_x12.system import (
    CLAIM_PAYMENT_TYPE,
    PATIENT_CONTROL_NUMBER,
    PAYER_CLAIM_NUMBER,
    PAYMENT_METHOD,
)
from mappers.rule import Rule, Table, Valued

STATUS = CodeMap(
    "claim-payment-status",
    "CLP02",
    "ClaimResponse.disposition",
    (
        Row("1", "processed as primary"),
        Row("2", "processed as secondary"),
        Row("3", "processed as tertiary"),
        Row("4", "denied"),
        Row("19", "processed as primary, forwarded"),
        Row("20", "processed as secondary, forwarded"),
        Row("21", "processed as tertiary, forwarded"),
        Row("22", "reversal of an earlier payment"),
        Row("23", "not the payer's claim, forwarded"),
        Row("25", "predetermination, no payment"),
    ),
)
REMITTANCE = Table(
    "835",
    "PaymentReconciliation",
    (
        Rule("BPR16", "paymentDate", using="day"),
        Rule("DTM02", "paymentDate", using="day", when=Valued("DTM02"), note="DTM*405"),
        Rule("BPR02", "paymentAmount.value", using="money", required=True),
        Rule("", "paymentAmount.currency", constant="USD"),
        Rule("TRN02", "paymentIdentifier.value", using="token", required=True),
        Rule("", "formCode.coding[0].system", constant=PAYMENT_METHOD, when=Valued("BPR04")),
        Rule("BPR04", "formCode.coding[0].code", using="token"),
        Rule("N102", "paymentIssuer.display", using="token", note="loop 1000A"),
        Rule("TRN03", "paymentIssuer.identifier.value", using="token"),
    ),
    note="A first rule that gives a value wins: DTM02 speaks where BPR16 is no day.",
)
CLAIM_PAYMENT = Table(
    "2100",
    "ClaimResponse",
    (
        Rule("", "identifier[0].system", constant=PAYER_CLAIM_NUMBER, when=Valued("CLP07")),
        Rule("CLP07", "identifier[0].value", using="token"),
        Rule(
            "",
            f"identifier[system={PATIENT_CONTROL_NUMBER}].system",
            constant=PATIENT_CONTROL_NUMBER,
            when=Valued("CLP01"),
        ),
        Rule("CLP01", f"identifier[system={PATIENT_CONTROL_NUMBER}].value", using="token"),
        Rule("CLP02", "disposition", using="code", codes="claim-payment-status"),
        Rule("CLP02", "disposition", using="token", note="where the status is not known"),
        Rule("", "payment.type.coding[0].system", constant=CLAIM_PAYMENT_TYPE),
        Rule("", "payment.type.coding[0].code", constant="complete"),
        Rule("CLP04", "payment.amount.value", using="money", required=True),
        Rule("", "payment.amount.currency", constant="USD"),
    ),
)
