"""Documents to 275 and back: the bytes are the same, whatever they are."""

from base64 import b64decode
from datetime import UTC, datetime

import pytest

from mappers.fhir_x12.attachment_275 import FOR_CLAIM, FOR_REVIEW, Sending, attachment_275
from mappers.fhir_x12.attachment_paper import Content, Paper
from mappers.fhir_x12.attachment_reading import binary, documented, papers
from mappers.fhir_x12.attachment_table import ASKED
from mappers.fhir_x12.problem import NotMappable
from mappers.fhir_x12.review_bundle import unbundled
from mappers.path import JsonObject, read
from mappers.x12.check import check
from tests.unit.mappers.fhir_x12.reviews import DOCUMENT, document, interchange, placed, stay

SENDING = Sending("7", datetime(2026, 11, 10, 9, 0, tzinfo=UTC), "PARITY", "Harbor")
EVERY = bytes(range(256)) + b"~SE*1*1~ISA*"
CASES = {
    "pdf": Content(DOCUMENT, "application/pdf"),
    "every byte": Content(EVERY, "application/octet-stream"),
    "clinical document": Content(b"<?xml version='1.0'?><ClinicalDocument/>", "text/xml"),
    "text": Content("caf\u00e9 ~ *".encode(), "text/plain"),
    "type not told": Content(b"%PDF-1.7", ""),
}


def sent(*contents: Content, changes: JsonObject | None = None) -> bytes:
    found = unbundled(stay())
    paper = Paper({**document(), **(changes or {})}, contents)
    return interchange(FOR_REVIEW, attachment_275([paper], found.claim, found.resources, SENDING))


@pytest.mark.parametrize("name", CASES)
def test_bytes_come_back_exactly(name: str) -> None:
    data = sent(CASES[name])
    assert check(data, name).verdict == "accepted", check(data, name).as_text()
    (paper,) = papers(placed(data))
    (content,) = paper.contents
    assert content.data == CASES[name].data
    assert content.type == (CASES[name].type or "application/pdf")
    assert b64decode(str(binary(content, "b")["data"])) == CASES[name].data
    assert paper.lost == ()


@pytest.mark.parametrize(
    ("name", "form"),
    [("pdf", "MB"), ("clinical document", "HL"), ("text", "TX"), ("every byte", "MB")],
)
def test_form_is_told(name: str, form: str) -> None:
    assert f"~CAT*77*{form}~".encode() in sent(CASES[name])


def test_paper_bears_the_control_number_of_the_review() -> None:
    data = sent(CASES["pdf"])
    text = data.decode("latin-1")
    assert "*005010X211~" in text
    for segment in (
        "BGN*02*7*20261110*0900",
        "NM1*PR*2*Cascade Health Plan*****PI*CHP01",
        "NM1*41*2*Harbor*****46*PARITY",
        "NM1*1P*2*Harbor Behavioral Health*****XX*1234567893",
        "NM1*QC*1*Rivera*Leo****MI*CHP123456",
        "REF*EJ*EV-200",
        "TRN*1*ACN-200-1",
        "EFI*05*application/pdf",
    ):
        assert f"~{segment}~" in text
    (paper,) = papers(placed(data))
    assert (paper.control, paper.claim_number, paper.is_asked) == ("ACN-200-1", "EV-200", False)


def test_answer_to_a_question_says_so() -> None:
    asked: JsonObject = {"identifier": [{"system": ASKED, "value": "RFAI1"}]}
    data = sent(CASES["pdf"], changes=asked)
    assert b"~BGN*11*" in data
    assert b"~TRN*2*RFAI1~" in data
    (paper,) = papers(placed(data))
    assert paper.is_asked
    assert read(paper.document, "identifier.system") == [ASKED]


def test_document_of_a_paper_names_its_bytes() -> None:
    (paper,) = papers(placed(sent(CASES["pdf"], CASES["text"])))
    made = documented(paper, {"reference": "Patient/leo"}, ("b-1", "b-2"))
    assert read(made, "content.attachment.url") == ["Binary/b-1", "Binary/b-2"]
    assert read(made, "content.attachment.size") == [len(DOCUMENT), len(CASES["text"].data)]
    assert read(made, "identifier.value") == ["ACN-200-1"]
    assert read(made, "type.coding.code") == ["77"]


def test_claim_papers_go_under_their_own_version() -> None:
    found = unbundled(stay())
    paper = Paper(document(), (CASES["pdf"],))
    tree = attachment_275([paper], found.claim, found.resources, SENDING)
    assert b"*005010X210~" in interchange(FOR_CLAIM, tree)


def test_document_without_a_number_is_a_problem() -> None:
    with pytest.raises(NotMappable) as refused:
        sent(CASES["pdf"], changes={"identifier": []})
    assert [one.place for one in refused.value.problems] == ["2000A TRN02"]
