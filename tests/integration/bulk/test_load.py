"""Files are loaded as far as they can be; what cannot be is told with its place and reason."""

import gzip
import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from fhir_server.bulk.load import GROUP, Load, Report
from fhir_server.bulk.package import make_package
from fhir_server.bulk.source import files, items
from fhir_server.db.migrate import upgrade
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.runtime import Runtime
from tests.integration.bulk.practice import HERE, furnish, observation, patient

URN = "urn:uuid:0f5c0e2e-4f2e-4c0a-9d1c-111111111111"


def load(runtime: Runtime, *paths: Path) -> Report:
    work = Load(runtime, HERE)
    for path in files(paths):
        for item in items(path):
            work.take(item)
    work.finish()
    return work.report


def stored(runtime: Runtime, type: str, id: str) -> JsonObject:
    with runtime.store.read(HERE) as reader:
        version = reader.current(type, id)
    assert version is not None, (type, id)
    return decode(version.body)


def total(runtime: Runtime) -> int:
    with runtime.store.read(HERE) as reader:
        return sum(reader.counts().values())


def ndjson(path: Path, *resources: JsonObject) -> Path:
    path.write_bytes(b"".join(encode(one) + b"\n" for one in resources))
    return path


def bundle(kind: str, *entries: JsonObject) -> JsonObject:
    return {"resourceType": "Bundle", "type": kind, "entry": list[JsonValue](entries)}


def whole(path: Path, resource: JsonObject) -> Path:
    path.write_bytes(encode(resource))
    return path


def test_lines_are_stored_under_their_own_id(runtime: Runtime, tmp_path: Path) -> None:
    path = ndjson(tmp_path / "a.ndjson", {**patient("A"), "id": "a"}, {**patient("B"), "id": "b"})
    report = load(runtime, path)
    assert (report.loaded, report.refused) == (2, [])
    assert stored(runtime, "Patient", "b")["name"] == [{"family": "B"}]


def test_resource_without_id_is_given_one(runtime: Runtime, tmp_path: Path) -> None:
    assert load(runtime, ndjson(tmp_path / "a.ndjson", patient("A"), patient("A"))).loaded == 2
    assert total(runtime) == 2


def test_loading_again_changes_nothing(runtime: Runtime, tmp_path: Path) -> None:
    path = ndjson(tmp_path / "a.ndjson", {**patient("A"), "id": "a"})
    load(runtime, path)
    first = stored(runtime, "Patient", "a")
    assert load(runtime, path).loaded == 1
    assert stored(runtime, "Patient", "a") == first


def test_later_line_of_the_same_id_is_a_new_version(runtime: Runtime, tmp_path: Path) -> None:
    path = ndjson(tmp_path / "a.ndjson", {**patient("A"), "id": "a"}, {**patient("B"), "id": "a"})
    assert load(runtime, path).loaded == 2
    now = stored(runtime, "Patient", "a")
    assert now["name"] == [{"family": "B"}]
    assert now["meta"]["versionId"] == "2"  # type: ignore[call-overload, index]


def test_one_bad_resource_does_not_stop_the_rest(runtime: Runtime, tmp_path: Path) -> None:
    path = ndjson(
        tmp_path / "a.ndjson",
        {**patient("A"), "id": "a"},
        {"resourceType": "Patient", "id": "wrong", "gender": 1},
        {"resourceType": "Unicorn", "id": "u"},
        {**patient("C"), "id": "not/an/id"},
        {**patient("D"), "id": "d"},
    )
    path.write_bytes(path.read_bytes() + b'{"resourceType": "Patient"\n')
    report = load(runtime, path)
    assert report.loaded == 2
    told = [(one.line, one.type, one.id) for one in report.refused]
    assert sorted(told) == [
        (2, "Patient", "wrong"),
        (3, "Unicorn", "u"),
        (4, "Patient", "not/an/id"),
        (6, "", ""),
    ]
    wrong = next(one for one in report.refused if one.id == "wrong")
    assert wrong.issues[0]["expression"] == ["Patient.gender"]
    assert wrong.as_json()["file"] == "a.ndjson"


def test_more_than_one_group_is_stored(runtime: Runtime, tmp_path: Path) -> None:
    many = [{**observation(number), "id": f"o{number}"} for number in range(2 * GROUP + 7)]
    with gzip.open(tmp_path / "a.ndjson.gz", "wb") as file:
        file.writelines(encode(one) + b"\n" for one in many)
    assert load(runtime, tmp_path / "a.ndjson.gz").loaded == len(many)
    assert total(runtime) == len(many)


def test_collection_is_unpacked_with_its_references(runtime: Runtime, tmp_path: Path) -> None:
    subject: JsonObject = {"subject": {"reference": URN}, "id": "o"}
    path = whole(
        tmp_path / "a.json",
        bundle(
            "collection",
            {"fullUrl": URN, "resource": patient("A")},
            {
                "fullUrl": "https://x.example/fhir/Observation/o",
                "resource": observation(1) | subject,
            },
        ),
    )
    assert load(runtime, path).loaded == 2
    reference = stored(runtime, "Observation", "o")["subject"]["reference"]  # type: ignore[call-overload, index]
    assert stored(runtime, *str(reference).split("/"))["name"] == [{"family": "A"}]


@pytest.mark.parametrize("kind", ["searchset", "document", "history"])
def test_other_bundle_is_stored_as_it_is(runtime: Runtime, tmp_path: Path, kind: str) -> None:
    made = bundle(kind, {"fullUrl": URN, "resource": patient("A")}) | {"id": "b"}
    assert load(runtime, whole(tmp_path / "a.json", made)).loaded == 1
    assert stored(runtime, "Bundle", "b")["type"] == kind


def test_transaction_in_a_line_of_ndjson_is_a_resource(runtime: Runtime, tmp_path: Path) -> None:
    made = bundle("transaction") | {"id": "b", "entry": []}
    del made["entry"]
    assert load(runtime, ndjson(tmp_path / "a.ndjson", made)).loaded == 1
    assert stored(runtime, "Bundle", "b")["type"] == "transaction"


def test_transaction_is_carried_out_as_a_whole(runtime: Runtime, tmp_path: Path) -> None:
    good: JsonObject = {
        "fullUrl": URN,
        "resource": patient("A"),
        "request": {"method": "POST", "url": "Patient"},
    }
    linked: JsonObject = {
        "resource": observation(1) | {"id": "o", "subject": {"reference": URN}},
        "request": {"method": "PUT", "url": "Observation/o"},
    }
    bad: JsonObject = {
        "resource": {"resourceType": "Patient", "gender": 1},
        "request": {"method": "POST", "url": "Patient"},
    }
    assert (
        load(runtime, whole(tmp_path / "a.json", bundle("transaction", good, linked))).loaded == 2
    )
    assert str(stored(runtime, "Observation", "o")["subject"]).count("Patient/") == 1
    report = load(runtime, whole(tmp_path / "b.json", bundle("transaction", good, bad)))
    assert report.loaded == 0
    assert total(runtime) == 2
    assert report.refused[0].type == "Bundle"
    assert "Bundle.entry[1]" in json.dumps(report.refused[0].issues)


def test_batch_tells_each_entry_that_failed(runtime: Runtime, tmp_path: Path) -> None:
    good: JsonObject = {
        "resource": {**patient("A"), "id": "a"},
        "request": {"method": "PUT", "url": "Patient/a"},
    }
    bad: JsonObject = {
        "resource": {"resourceType": "Patient", "id": "z", "gender": 1},
        "request": {"method": "PUT", "url": "Patient/z"},
    }
    gone: JsonObject = {"request": {"method": "DELETE", "url": "Patient/a"}}
    made = bundle("batch", bad, good, gone)
    assert isinstance(made["entry"], list)
    made["entry"].append("no entry")
    report = load(runtime, whole(tmp_path / "a.json", made))
    assert report.loaded == 1
    assert [(one.type, one.id) for one in report.refused] == [("Patient", "z"), ("", "")]
    assert "Patient.gender" in json.dumps(report.refused[0].issues)


def test_nonsense_is_refused_and_never_ends_the_load(runtime: Runtime, tmp_path: Path) -> None:
    nonsense: list[JsonObject] = [
        {"resourceType": 5},
        {"resourceType": "Bundle", "type": ["transaction"]},
        {"resourceType": "Bundle", "type": "transaction", "entry": "x"},
        {"resourceType": "Bundle", "type": "transaction", "entry": [1]},
        {"resourceType": "Bundle", "type": "batch", "entry": {"a": 1}},
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"id": 7}}]},
        {"resourceType": "Patient", "id": {"a": 1}},
        {"resourceType": "Patient", "id": ""},
    ]
    paths = [whole(tmp_path / f"{number}.json", one) for number, one in enumerate(nonsense)]
    report = load(runtime, *paths, ndjson(tmp_path / "a.ndjson", {**patient("A"), "id": "a"}))
    assert report.loaded == 1
    assert {one.file for one in report.refused} == {one.name for one in paths}
    assert all(one.issues for one in report.refused)


def test_package_of_a_guide_gives_its_resources(runtime: Runtime, tmp_path: Path) -> None:
    members: dict[str, JsonObject] = {
        "package/package.json": {"name": "guide"},
        "package/.index.json": {"files": []},
        "package/CodeSystem-x.json": {
            "resourceType": "CodeSystem",
            "id": "x",
            "status": "active",
            "content": "complete",
        },
        "package/example/Patient-p.json": {**patient("P"), "id": "p"},
    }
    with tarfile.open(tmp_path / "guide.tgz", "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(encode(content))
            archive.addfile(member, io.BytesIO(encode(content)))
    report = load(runtime, tmp_path / "guide.tgz")
    assert (report.loaded, report.refused) == (2, [])
    assert stored(runtime, "CodeSystem", "x")["content"] == "complete"


def test_package_loaded_into_an_empty_server_gives_the_same(
    runtime: Runtime, tmp_path: Path
) -> None:
    furnish(runtime)
    make_package(tmp_path / "package", runtime, "Parity")
    other = replace(runtime.settings, database_url=f"sqlite:///{tmp_path / 'other.db'}")
    empty = Runtime.build(other)
    upgrade(empty.store.database)
    report = load(empty, tmp_path / "package" / "fhir")
    assert (report.loaded, report.refused) == (3, [])
    for type, id in (("Patient", "kept"), ("Patient", "back"), ("Organization", "payer")):
        assert without_stamps(stored(empty, type, id)) == without_stamps(stored(runtime, type, id))
    empty.store.database.close()


def without_stamps(resource: JsonObject) -> JsonObject:
    return {name: value for name, value in resource.items() if name != "meta"}
