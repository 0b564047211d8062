"""Synthetic trees and envelopes the X12 tests write and break."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from mappers.x12.sets import CLAIM_837P, PAYMENT_835, STATUS_277CA
from mappers.x12.tree import Node, Seg, node, seg
from mappers.x12.writer import Envelope, SetBody, write

ENVELOPE = Envelope(
    sender_qualifier="ZZ",
    sender="CLINIC",
    receiver_qualifier="ZZ",
    receiver="PAYER",
    interchange_control=7,
    group_control=5,
    written=datetime(2026, 3, 4, 10, 30, tzinfo=UTC),
    usage="T",
)
BILLING_NPI = "1234567893"
RENDERING_NPI = "1245319599"


def service_line(number: int, charge: Decimal, pointers: tuple[str, ...] = ("1",)) -> Node:
    """Return one session of psychotherapy."""
    return node(
        "2400",
        [
            seg("LX", number),
            seg("SV1", ("HC", "90837", "95"), charge, "UN", 1, None, None, pointers),
            seg("DTP", "472", "D8", "20260301"),
            seg("REF", "6R", f"LINE{number}"),
        ],
    )


def claim(number: str = "CLAIM1", charges: Sequence[Decimal] = (Decimal("150.00"),)) -> Node:
    """Return a professional claim with a rendering provider and one line a charge."""
    return node(
        "2300",
        [
            seg(
                "CLM",
                number,
                sum(charges, Decimal(0)),
                None,
                None,
                ("10", "B", "1"),
                "Y",
                "A",
                "Y",
                "Y",
            ),
            seg("HI", ("ABK", "F331"), ("ABF", "F411")),
        ],
        [
            node(
                "2310B",
                [
                    seg("NM1", "82", "1", "RIVERA", "ANA", None, None, None, "XX", RENDERING_NPI),
                    seg("PRV", "PE", "PXC", "101YM0800X"),
                ],
            ),
            *(service_line(at, charge) for at, charge in enumerate(charges, 1)),
        ],
    )


def subscriber(level: int, claims: Sequence[Node]) -> Node:
    """Return a subscriber who is the patient."""
    return node(
        "2000B",
        [seg("HL", level, 1, "22", "0"), seg("SBR", "P", "18", "GRP1", *[None] * 5, "CI")],
        [
            node(
                "2010BA",
                [
                    seg("NM1", "IL", "1", "DOE", "JO", None, None, None, "MI", "MEMBER1"),
                    seg("N3", "1 MAIN ST"),
                    seg("N4", "SPRINGFIELD", "IL", "627010000"),
                    seg("DMG", "D8", "19800229", "F"),
                ],
            ),
            _payer("2010BB"),
            *claims,
        ],
    )


def dependent(level: int, claims: Sequence[Node]) -> Node:
    """Return a subscriber and the dependent who is the patient."""
    return node(
        "2000B",
        [seg("HL", level, 1, "22", "1"), seg("SBR", "P", None, "GRP1", *[None] * 5, "CI")],
        [
            node("2010BA", [seg("NM1", "IL", "1", "DOE", "JO", *[None] * 3, "MI", "MEMBER1")]),
            _payer("2010BB"),
            node(
                "2000C",
                [seg("HL", level + 1, level, "23", "0"), seg("PAT", "19")],
                [
                    node(
                        "2010CA",
                        [
                            seg("NM1", "QC", "1", "DOE", "SAM"),
                            seg("N3", "1 MAIN ST"),
                            seg("N4", "SPRINGFIELD", "IL", "627010000"),
                            seg("DMG", "D8", "20120405", "M"),
                        ],
                    ),
                    *claims,
                ],
            ),
        ],
    )


def _payer(loop: str) -> Node:
    return node(loop, [seg("NM1", "PR", "2", "ACME HEALTH", *[None] * 4, "PI", "ACME1")])


def professional(*subscribers: Node) -> Node:
    """Return the root of an 837P with these subscriber levels."""
    billing = node(
        "2010AA",
        [
            seg("NM1", "85", "2", "RIVER CLINIC", *[None] * 4, "XX", BILLING_NPI),
            seg("N3", "2 RIVER RD"),
            seg("N4", "SPRINGFIELD", "IL", "627010000"),
            seg("REF", "EI", "987654321"),
        ],
    )
    return node(
        "837",
        [seg("BHT", "0019", "00", "BATCH1", "20260304", "1030", "CH")],
        [
            node(
                "1000A",
                [
                    seg("NM1", "41", "2", "RIVER CLINIC", *[None] * 4, "46", "CLINIC"),
                    seg("PER", "IC", "BILLING OFFICE", "TE", "2175550100"),
                ],
            ),
            node("1000B", [seg("NM1", "40", "2", "ACME HEALTH", *[None] * 4, "46", "PAYER")]),
            node("2000A", [seg("HL", 1, None, "20", "1")], [billing, *subscribers]),
        ],
    )


def claim_file(*subscribers: Node) -> bytes:
    """Return an interchange with one 837P set."""
    levels = subscribers or (subscriber(2, [claim()]),)
    return write(CLAIM_837P, [SetBody("0001", professional(*levels))], ENVELOPE)


def remittance(paid: Decimal = Decimal("120.00")) -> Node:
    """Return an 835 of one claim of 150.00 with one line, 10 for the patient, 5 taken back."""
    contract = Decimal("150.00") - Decimal(10) - paid
    line = node(
        "2110",
        [
            seg("SVC", ("HC", "90837", "95"), Decimal("150.00"), paid, None, 1),
            seg("DTM", "472", "20260301"),
            seg("CAS", "CO", "45", contract),
            seg("CAS", "PR", "3", Decimal(10)),
            seg("REF", "6R", "LINE1"),
        ],
    )
    payment = node(
        "2100",
        [
            seg(
                "CLP", "CLAIM1", "1", Decimal("150.00"), paid, Decimal(10), "12", "ICN1", "10", "1"
            ),
            seg("NM1", "QC", "1", "DOE", "JO", *[None] * 3, "MI", "MEMBER1"),
        ],
        [line],
    )
    return node(
        "835",
        [
            seg("BPR", "I", paid - 5, "C", "CHK", *[None] * 11, "20260315"),
            seg("TRN", "1", "CHECK1", "1123456789"),
            seg("PLB", BILLING_NPI, "20261231", ("WO", "OLD1"), Decimal(5)),
        ],
        [
            node(
                "1000A",
                [
                    seg("N1", "PR", "ACME HEALTH"),
                    seg("N3", "3 HILL ST"),
                    seg("N4", "SPRINGFIELD", "IL", "62701"),
                    seg("PER", "BL", "EDI DESK", "TE", "2175550199"),
                ],
            ),
            node("1000B", [seg("N1", "PE", "RIVER CLINIC", "XX", BILLING_NPI)]),
            node("2000", [seg("LX", 1)], [payment]),
        ],
    )


def remittance_file(root: Node | None = None) -> bytes:
    """Return an interchange with one 835 set."""
    return write(PAYMENT_835, [SetBody("0001", root or remittance())], ENVELOPE)


def claim_status(category: str = "A2") -> Node:
    """Return a 277CA that tells the status of one claim."""
    status = seg("STC", (category, "20"), "20260305", "WQ", Decimal(150))
    patient = node(
        "2000D",
        [seg("HL", 4, 3, "PT")],
        [
            node("2100D", [seg("NM1", "QC", "1", "DOE", "JO", *[None] * 3, "MI", "MEMBER1")]),
            node(
                "2200D",
                [
                    seg("TRN", "2", "CLAIM1"),
                    status,
                    seg("REF", "1K", "ICN1"),
                    seg("DTP", "472", "D8", "20260301"),
                ],
            ),
        ],
    )
    provider = node(
        "2000C",
        [seg("HL", 3, 2, "19", "1")],
        [
            node("2100C", [seg("NM1", "85", "2", "RIVER CLINIC", *[None] * 4, "XX", BILLING_NPI)]),
            node(
                "2200C",
                [
                    seg("TRN", "1", "0"),
                    seg("STC", (category, "20"), None, "WQ", Decimal(150)),
                    seg("QTY", "QA", 1),
                    seg("AMT", "YU", Decimal(150)),
                ],
            ),
            patient,
        ],
    )
    submitter = node(
        "2000B",
        [seg("HL", 2, 1, "21", "1")],
        [
            node("2100B", [seg("NM1", "41", "2", "RIVER CLINIC", *[None] * 4, "46", "CLINIC")]),
            node(
                "2200B",
                [
                    seg("TRN", "2", "BATCH1"),
                    status,
                    seg("QTY", "90", 1),
                    seg("AMT", "YU", Decimal(150)),
                ],
            ),
            provider,
        ],
    )
    payer = node(
        "2000A",
        [seg("HL", 1, None, "20", "1")],
        [
            node("2100A", [seg("NM1", "PR", "2", "ACME HEALTH", *[None] * 4, "PI", "ACME1")]),
            node(
                "2200A",
                [
                    seg("TRN", "1", "ACK1"),
                    seg("DTP", "050", "D8", "20260305"),
                    seg("DTP", "009", "D8", "20260305"),
                ],
            ),
            submitter,
        ],
    )
    return node("277", [seg("BHT", "0085", "08", "ACK1", "20260305", "0900", "TH")], [payer])


def status_file(root: Node | None = None) -> bytes:
    """Return an interchange with one 277CA set."""
    return write(STATUS_277CA, [SetBody("0001", root or claim_status())], ENVELOPE)


def with_segments(tree: Node, *segments: Seg) -> Node:
    """Return the loop with other own segments."""
    return replace(tree, segments=segments)
