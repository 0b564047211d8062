"""Prior authorization to 278 and back: nothing said is lost, what cannot be said is told."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from mappers.fhir_x12 import pas
from mappers.fhir_x12.problem import NotMappable
from mappers.fhir_x12.review_278 import Purpose, review_278
from mappers.fhir_x12.review_bundle import unbundled
from mappers.fhir_x12.review_reading import asked
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.check import check
from tests.unit.mappers.fhir_x12.reviews import (
    ASKING,
    REQUESTS,
    placed,
    stay,
    therapy,
    written,
)

PACKAGE = Path(__file__).parents[5] / "shared" / "fhir" / "ig" / "hl7.fhir.us.davinci-pas-2.0.1.tgz"


def segments(data: bytes) -> list[str]:
    return data.decode().split("~")


@pytest.mark.parametrize("name", REQUESTS)
def test_what_is_written_is_sound_and_says_the_same_when_read(name: str) -> None:
    sent, purpose = REQUESTS[name]
    data = written(sent, purpose)
    assert check(data, name).verdict != "rejected", check(data, name).as_text()
    (again,) = asked(placed(data))
    assert again.lost == ()
    assert segments(written(again.bundle, purpose))[2:] == [
        one.replace("REQ-2", "REQ-1") for one in segments(data)[2:]
    ]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("therapy", "NM1*IL*1*Rivera*Ana****MI*CHP123456"),
        ("therapy", "UM*HS*I*A6*11:B"),
        ("therapy", "HI*ABK:F411:D8:20261101*ABF:F329:D8:20261101"),
        ("therapy", "NM1*DN*1*Okafor*June****XX*1245319599"),
        ("therapy", "PRV*RF*PXC*2084P0800X"),
        ("therapy", "TRN*1*EV-100-1*9123456789"),
        ("therapy", "DTP*472*RD8*20261116-20270110"),
        ("therapy", "SV1*HC:90837:95"),
        ("therapy", "HSD*VS*3*WK*1*35*8"),
        ("therapy", "NM1*SJ*1*Okafor*June****XX*1245319599"),
        ("stay", "HL*4*3*23*1"),
        ("stay", "NM1*QC*1*Rivera*Leo"),
        ("stay", "INS*N*19"),
        ("stay", "UM*AR*I*A5***U"),
        ("stay", "DTP*435*RD8*20261115-20261129"),
        ("stay", "CL1*3*1"),
        ("stay", "PWK*77*EL***AC*ACN-200-1*Treatment plan"),
        ("stay", "MSG*Step down to day treatment is planned."),
        ("stay", "SV2*1002*HC:H0018**DA*14"),
        ("inquiry", "HCR*A4"),
        ("inquiry", "DTP*102*D8*20261110"),
    ],
)
def test_segment_is_said(name: str, wanted: str) -> None:
    sent, purpose = REQUESTS[name]
    assert wanted in segments(written(sent, purpose))


def changed(sent: JsonObject, path: str, value: JsonValue) -> JsonObject:
    """Return a Bundle with one member of its claim set, or taken away for None."""
    copy: JsonObject = json.loads(json.dumps(sent))
    owner = read(copy, "entry[0].resource")[0]
    *way, last = path.split(".")
    for step in way:
        owner = read(owner, step)[0]
    assert isinstance(owner, dict)
    owner[last] = value
    if value is None:
        del owner[last]
    return copy


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("use", "claim", "Bundle.entry[0].resource.use"),
        ("status", "draft", "Bundle.entry[0].resource.status"),
        ("item", None, "Bundle.entry[0].resource.item"),
        ("patient", None, "Bundle.entry[0].resource.patient"),
        ("patient", {"reference": "Patient/nobody"}, "Bundle.entry[0].resource.patient"),
        ("insurance", [], "Bundle.entry[0].resource.insurance[0].coverage"),
    ],
    ids=["use", "status", "no item", "no patient", "patient elsewhere", "no coverage"],
)
def test_fault_of_the_claim_names_its_place(path: str, value: JsonValue, place: str) -> None:
    faults = unbundled(changed(therapy(), path, value)).faults
    assert place in [one.path for one in faults]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"type": "transaction"}, "Bundle.type"),
        ({"identifier": None}, "Bundle.identifier"),
        ({"timestamp": None}, "Bundle.timestamp"),
        ({"entry": []}, "Bundle.entry"),
        ({"entry": "none"}, "Bundle.entry"),
        ({"entry": [7]}, "Bundle.entry[0].fullUrl"),
    ],
    ids=["type", "identifier", "timestamp", "empty", "no list", "no object"],
)
def test_fault_of_the_bundle_names_its_place(change: JsonObject, place: str) -> None:
    faults = unbundled(therapy() | change).faults
    assert place in [one.path for one in faults]


def test_references_are_those_of_the_server_of_their_entry() -> None:
    sent = therapy()
    entries = read(sent, "entry")
    for one in entries:
        assert isinstance(one, dict)
        one["fullUrl"] = str(one["fullUrl"]).replace("Patient/ana", "Patient/other")
    faults = unbundled(sent).faults
    assert [one.path for one in faults] == []  # Type/id within the Bundle is understood still
    elsewhere = changed(therapy(), "patient", {"reference": "https://else.example/Patient/ana"})
    assert "Bundle.entry[0].resource.patient" in [one.path for one in unbundled(elsewhere).faults]


def test_everything_that_is_lacking_is_told_at_once() -> None:
    found = unbundled(therapy())
    bare = {
        key: {"resourceType": one["resourceType"], "id": one["id"]}
        for key, one in found.resources.items()
        if not key.startswith("Coverage")
    }
    plan = found.resources["Coverage/plan"]
    resources = {**bare, "Coverage/plan": {n: v for n, v in plan.items() if n != "subscriberId"}}
    with pytest.raises(NotMappable) as refused:
        review_278(found.claim, resources, ASKING)
    told = {one.place for one in refused.value.problems}
    assert {"2010A NM109", "2010B NM109", "2010C NM109"} <= told


def test_cancelled_item_is_cancelled_and_the_event_revised() -> None:
    sent = changed(
        stay(),
        "item[0].modifierExtension",
        [{"url": pas.INFO_CANCELLED, "valueBoolean": True}],
    )
    lines = segments(written(sent, "request"))
    assert "UM*AR*3*A5" in lines
    assert "UM*AR*3*A5***U" in lines
    two = changed(sent, "item", [*read(sent, "entry[0].resource.item"), *_items(stay())])
    assert "UM*AR*S*A5***U" in segments(written(two, "request"))


def _items(sent: JsonObject) -> list[JsonValue]:
    return read(sent, "entry[0].resource.item")


def test_more_providers_than_x12_takes_are_told() -> None:
    team = read(stay(), "entry[0].resource.careTeam")
    found = unbundled(changed(stay(), "careTeam", team * 15))
    made = review_278(found.claim, found.resources, ASKING)
    assert [one.path for one in made.doubts] == ["Claim.careTeam[14]"]


def examples() -> dict[str, JsonObject]:
    """Return the request Bundles of the implementation guide, none where it is not here."""
    import tarfile

    if not PACKAGE.exists():
        return {}
    found = {}
    with tarfile.open(PACKAGE) as package:
        for member in package.getmembers():
            name = Path(member.name).stem
            if "/example/Bundle-" in member.name and "Response" not in name:
                file = package.extractfile(member)
                assert file is not None
                found[name] = json.loads(file.read(), parse_float=Decimal)
    return found


def test_every_example_of_the_guide_is_written_and_read_again() -> None:
    found = examples()
    if not found:
        pytest.skip("the package of Da Vinci PAS is not here")
    assert len(found) == 7
    for name, sent in found.items():
        purpose: Purpose = "inquiry" if "Inquiry" in name else "request"
        data = written(sent, purpose)
        assert check(data, name).verdict != "rejected", check(data, name).as_text()
        (again,) = asked(placed(data))
        assert again.lost == ()
        assert written(again.bundle, purpose) == data
