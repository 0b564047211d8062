"""Which words of a resource are kept, and where."""

from fhir_server.model.resource import JsonObject
from fhir_server.search.text.document import MOST_WORDS, Document, DocumentReader
from tests.unit.fhir_server.search.sample import REGISTRY, observation, patient

READ = DocumentReader(REGISTRY)


def read(resource: JsonObject) -> Document:
    return READ(resource, 1)


def words(passages: tuple[tuple[str, ...], ...]) -> set[str]:
    return {word for passage in passages for word in passage}


def test_narrative_is_read_without_its_markup() -> None:
    paragraphs = "<p>Hy<b>per</b>tonie &amp; more</p><!-- not this --><p>end</p>"
    division = f'<div xmlns="http://www.w3.org/1999/xhtml">{paragraphs}</div>'
    found = read(patient(text={"status": "generated", "div": division}))
    assert found.narrative == (("hypertonie", "more", "end"),)
    assert found.content == ()


def test_content_are_the_texts_of_all_elements() -> None:
    found = read(
        patient(
            name=[{"family": "Weber", "given": ["Anna", "Maria"]}],
            identifier=[
                {"system": "urn:mrn", "value": "A-17"},
                {"value": "8d9ab7e1-07a1-4c9c-9a27-5bd1c5e4f1a9"},
            ],
            extension=[{"url": "http://x", "valueString": "calm"}],
            contained=[{"resourceType": "Practitioner", "id": "x", "name": [{"text": "Dr No"}]}],
            maritalStatus={"text": "single"},
            gender="female",
        )
    )
    expected = {"weber", "anna", "maria", "a", "17", "calm", "dr", "no", "single"}
    assert {one for one in words(found.content) if not one.startswith("ª")} == expected


def test_what_is_no_text_is_left_out() -> None:
    found = read(
        observation(
            meta={"tag": [{"display": "tagged"}]},
            effectiveDateTime="2020-01-01T10:00:00Z",
            issued="2020-01-01",
            subject={"reference": "Patient/weber"},
            performer=[{"reference": "http://x/Practitioner/weber", "display": "Dr. Who"}],
            valueQuantity={"value": 5, "unit": "mg", "system": "http://unitsofmeasure.org"},
        )
    )
    assert {one for one in words(found.content) if not one.startswith("ª")} == {"mg", "tagged"}


def test_same_text_is_kept_once() -> None:
    found = read(observation(code={"text": "Pain", "coding": [{"code": "x", "display": "Pain"}]}))
    assert [passage[1:] for passage in found.content] == [("pain",)]


def test_texts_beside_codes_begin_with_the_mark_of_their_element() -> None:
    resource = observation(
        code={"text": "Head ache"},
        category=[{"coding": [{"display": "Vital"}]}],
        identifier=[{"type": {"text": "Order"}, "value": "1"}],
        note=[{"text": "unmarked"}],
        status="final",
    )
    found = read(resource).content
    marked = {passage[1:] for passage in found if passage[0].startswith("ª")}
    assert marked == {("head", "ache"), ("vital",), ("order",)}
    assert len({passage[0] for passage in found if passage[0].startswith("ª")}) == 3
    assert {("unmarked",), ("1",)} <= set(found)


def test_very_long_resource_is_cut() -> None:
    text = " ".join(f"w{number}" for number in range(MOST_WORDS + 10))
    found = read(observation(note=[{"text": text}], code={"text": "kept"}))
    assert sum(map(len, found.content)) == MOST_WORDS
    assert found.content[0][1:] == ("kept",)


def test_elements_of_other_shapes_do_no_harm() -> None:
    assert read(patient(text="x", identifier=[3, {"type": 4}], name=None)).narrative == ()
