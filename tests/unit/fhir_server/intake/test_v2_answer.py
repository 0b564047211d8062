"""Which acknowledgment is due, and the place a refusal names."""

from datetime import UTC, datetime

import pytest

from fhir_server.intake.v2_answer import answer, refusal_of
from hl7.acknowledgment import Disposition
from hl7.message import Message, parse
from mappers.v2_fhir.bundle import MapError
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import map_message

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def message(kind: str = "ORU^R01", header: str = "", *segments: str) -> Message:
    msh = f"MSH|^~\\&|LAB|MAIN|CLINIC|WEST|20260101||{kind}|C1|P|2.5.1{header}"
    return parse("\r".join((msh, *segments)).encode())


def refused(data: Message) -> MapError:
    with pytest.raises(MapError) as caught:
        map_message(data, Feed("lab"))
    return caught.value


def test_message_without_a_map_is_rejected_at_its_type() -> None:
    data = message("QQQ^Q01")
    refusal = refusal_of(refused(data), data)
    (finding,) = refusal.findings
    assert refusal.disposition == "reject"
    assert (finding.segment, finding.ordinal, finding.element) == ("MSH", 1, 9)
    assert finding.kind.condition == "200"


def test_message_that_lacks_something_is_an_error_at_its_place() -> None:
    data = message("ORU^R01", "", "PID|1||||Doe", "OBR|1")
    refusal = refusal_of(refused(data), data)
    (finding,) = refusal.findings
    assert refusal.disposition == "error"
    assert refusal.reason == "PID-3: the patient has no identifier"
    assert (finding.segment, finding.ordinal, finding.element) == ("PID", 2, 3)
    assert finding.text == "PID-3: the patient has no identifier"


def test_missing_segment_is_named_without_an_ordinal() -> None:
    data = message("ORU^R01", "", "OBR|1")
    (finding,) = refusal_of(refused(data), data).findings
    assert (finding.segment, finding.ordinal, finding.element) == ("PID", 0, 0)


@pytest.mark.parametrize(
    ("header", "disposition", "code"),
    [
        ("", "accept", "AA"),
        ("", "reject", "AR"),
        ("|||AL|NE", "accept", "CA"),
        ("|||ER|SU", "accept", "AA"),
        ("|||ER|SU", "error", "CE"),
        ("|||NE|ER", "error", "AE"),
        ("|||NE|NE", "accept", ""),
        ("|||NE|NE", "error", "CE"),
        ("|||NE|NE", "reject", "CR"),
    ],
)
def test_refusal_is_told_even_to_who_wants_no_answer(
    header: str, disposition: Disposition, code: str
) -> None:
    reply = answer(message(header=header), disposition, control_id="P1", now=NOW, text="because")
    assert reply.partition(b"\rMSA|")[2][:2].decode() == code
