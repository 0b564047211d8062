"""ORU^R01: one report with its order, results, notes, documents and specimens."""

from mappers.path import JsonObject, read
from mappers.rule import Rule, Table
from mappers.v2_fhir.back.datatypes import objects, text_at
from mappers.v2_fhir.back.engine import Page
from mappers.v2_fhir.back.letter import Letter
from mappers.v2_fhir.back.values import kind_of
from mappers.v2_fhir.report import REPORT_NOTE
from mappers.v2_fhir.segments.obr import DIAGNOSTIC_REPORT
from mappers.v2_fhir.segments.obx import ATTACHMENT, OBSERVATION, UNIT, VALUE
from mappers.v2_fhir.segments.orc import SERVICE_REQUEST
from mappers.v2_fhir.segments.spm import SPECIMEN


def write_oru(letter: Letter, report: JsonObject) -> bool:
    """Write the message of a DiagnosticReport; False where its patient is not known."""
    patient = letter.first(report, "subject")
    if patient is None:
        return False
    letter.open("ORU", "R01", "ORU_R01")
    letter.patient(patient, with_kin=False)
    letter.visit(letter.first(report, "encounter"))
    write_report(letter, report, 1)
    return True


def write_report(letter: Letter, report: JsonObject, number: int) -> None:
    """Write ORC, OBR, NTE, OBX and SPM of one report."""
    page = letter.written(report, DIAGNOSTIC_REPORT)
    order = letter.first(report, "basedOn")
    if order is not None:
        page = letter.written(order, SERVICE_REQUEST, page=page)
    page.text("ORC-1", "RE")
    page.text("OBR-1", str(number))
    letter.add(page, "ORC", "OBR")
    letter.notes(read(report, f"extension[url={REPORT_NOTE}].valueAnnotation"))
    results = letter.of(report, "result")
    for at, result in enumerate(results, 1):
        write_result(letter, result, at)
    for at, form in enumerate(objects(report, "presentedForm"), len(results) + 1):
        page = letter.page()
        page.text("OBX-2", "ED")
        binary = letter.resolve(text_at(form, "url"))
        whole = form | ({"data": binary["data"]} if binary is not None else {})
        page = letter.written(whole, _content(), ATTACHMENT, page=page)
        page.text("OBX-1", str(at))
        page.text("OBX-11", "F")
        letter.add(page, "OBX")
    for at, specimen in enumerate(letter.of(report, "specimen"), 1):
        page = letter.written(specimen, SPECIMEN)
        page.text("SPM-1", str(at))
        letter.add(page, "SPM")


def write_result(letter: Letter, observation: JsonObject, number: int) -> None:
    """Write OBX and its notes; components become lines with a sub-id of their own."""
    page = _result(letter, observation)
    page.text("OBX-1", str(number))
    letter.add(page, "OBX")
    letter.notes(read(observation, "note"))


def _result(letter: Letter, observation: JsonObject) -> Page:
    page = letter.page()
    page.text("OBX-2", kind_of(observation))
    page = letter.written(observation, VALUE, OBSERVATION, page=page)
    for quantity in objects(observation, "valueQuantity"):
        page = letter.written(quantity, UNIT, page=page)
    if not page.texts("OBX-6"):
        unit = text_at(observation, "valueRange.low.unit")
        page.text("OBX-6", unit or text_at(observation, "referenceRange.low.unit"))
    return page


def _content() -> Table:
    """Return how the content of a document goes into an ED; reading puts it together of parts."""
    rules = (Rule("OBX-5", "*", using="attachment"),)
    return Table(source="OBX", target="DiagnosticReport.presentedForm", rules=rules)
