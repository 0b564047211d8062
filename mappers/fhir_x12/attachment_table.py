"""Documents and 275: the segments of papers (X210, X211; X314, X316), read both ways.

The subject of a paper is its DocumentReference made ready by `attachment_275`.
"""

from mappers.fhir_x12 import pas
from mappers.fhir_x12.segment import LoopMap, at, defaulted, either, fixed, must, needed, segment
from mappers.fhir_x12.system import (
    ATTACHMENT_CONTROL,
    EIN,
    EXTENSION,
    HEALTH_PLAN_ID,
    NPI,
    PAYER_ID,
)

ASKED = "https://parity.example/fhir/NamingSystem/attachment-request-trace"
"""Numbers of questions for papers (TRN01 2): what a paper answers that was asked for."""
LINE = f"{EXTENSION}/attachment-line"
"""The control number of the claim's line a paper is for (REF 6R)."""
TRANSMITTER_ID = "https://parity.example/fhir/NamingSystem/electronic-transmitter-id"
_PERSON = (
    must("NM103", "name[0].family", form="text"),
    at("NM104", "name[0].given[0]", form="text"),
    at("NM105", "name[0].given[1]", form="text"),
)

PAYER = LoopMap(
    "1000A",
    "Claim.insurer",
    (
        needed(
            "NM1",
            fixed("NM101", "PR"),
            fixed("NM102", "2"),
            must("NM103", "name", form="text"),
            either(
                "NM108",
                "NM109",
                ("PI", f"identifier[system={PAYER_ID}].value"),
                ("XV", f"identifier[system={HEALTH_PLAN_ID}].value"),
                ("PI", f"identifier[system={TRANSMITTER_ID}].value"),
                required=True,
            ),
        ),
    ),
)
SUBMITTER = LoopMap(
    "1000B",
    "Exchange.submitter",
    (
        needed(
            "NM1",
            fixed("NM101", "41"),
            fixed("NM102", "2"),
            must("NM103", "name", form="text"),
            fixed("NM108", "46"),
            must("NM109", "id"),
        ),
    ),
)
_NUMBER = either(
    "NM108",
    "NM109",
    ("XX", f"identifier[system={NPI}].value"),
    ("24", f"identifier[system={EIN}].value", "digits"),
)
PROVIDER = LoopMap(
    "1000C",
    "Claim.provider",
    (
        needed("NM1", fixed("NM101", "1P"), fixed("NM102", "1"), *_PERSON, _NUMBER, of="person"),
        needed(
            "NM1",
            fixed("NM101", "1P"),
            fixed("NM102", "2"),
            must("NM103", "name", form="text"),
            _NUMBER,
            of="organization",
        ),
    ),
)
PATIENT = LoopMap(
    "1000D",
    "Claim.patient",
    (
        needed(
            "NM1",
            fixed("NM101", "QC"),
            fixed("NM102", "1"),
            *_PERSON,
            fixed("NM108", "MI", beside="NM109"),
            at("NM109", "memberId", note="Coverage.subscriberId"),
        ),
        segment("REF", fixed("REF01", "EJ"), at("REF02", "claimNumber", note="Claim.identifier")),
        segment("REF", fixed("REF01", "1K"), at("REF02", "payerNumber")),
        segment("REF", fixed("REF01", "G1"), at("REF02", "authorization")),
        segment("REF", fixed("REF01", "EA"), at("REF02", "recordNumber")),
        segment(
            "DTP",
            fixed("DTP01", "472"),
            either("DTP02", "DTP03", ("D8", "served.start", "date"), ("RD8", "served", "span")),
        ),
    ),
)
PAPER = LoopMap(
    "2000A",
    "DocumentReference",
    (
        needed(
            "TRN",
            either(
                "TRN01",
                "TRN02",
                ("2", f"identifier[system={ASKED}].value"),
                ("1", f"identifier[system={ATTACHMENT_CONTROL}].value"),
                required=True,
            ),
            note="1: PWK06 of the claim or review; 2: the trace of the question",
        ),
        segment("REF", fixed("REF01", "6R"), at("REF02", f"extension[url={LINE}].valueString")),
        segment(
            "DTP",
            fixed("DTP01", "472"),
            either("DTP02", "DTP03", ("RD8", "context.period", "span")),
        ),
        segment("DTP", fixed("DTP01", "368"), either("DTP02", "DTP03", ("D8", "date", "date"))),
    ),
)
CONTENT = LoopMap(
    "2110A",
    "DocumentReference.content",
    (
        needed(
            "CAT",
            defaulted("77", "CAT01", pas.code("755", "type")),
            must("CAT02", "form", note="TX text, HL a clinical document, IA an image, MB other"),
        ),
        segment(
            "EFI",
            fixed("EFI01", "05"),
            at("EFI02", "contentType", note="attachment.contentType"),
        ),
    ),
    note="The bytes of attachment.data, or of the Binary at attachment.url, are BIN, exactly.",
)
