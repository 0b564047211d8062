"""Taking versions and patients out for good."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Select, func, select

from fhir_server.db.tables import exchange_link, metadata, repeat, resource
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.store.words import index_marked
from fhir_server.worker import run_one
from tests.acceptance.site import Answer
from tests.integration.http.sample import (
    at,
    bundle,
    entries,
    entry,
    objects,
    observation,
    response,
)
from tests.integration.inside import inside
from tests.integration.server import Server


@pytest.fixture(params=["2000", "3"])
def lone(request: pytest.FixtureRequest, migrated_url: str, tmp_path: Path) -> Iterator[Server]:
    """Return a server of its own; it does all at once, or by a job what is more than 3 rows."""
    variables = {"PARITY_INLINE_LIMIT": request.param}
    with inside(migrated_url, tmp_path, variables) as started:
        yield started


def moment() -> str:
    time.sleep(0.01)
    told = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    time.sleep(0.01)
    return told


def settled(server: Server, answer: Answer) -> JsonObject:
    """Return the Parameters of an answer; where a job does the work, run it."""
    if answer.status == 200:
        return answer.json
    assert answer.status == 202, answer.body
    place = answer.headers["content-location"].removeprefix(f"{server.base}/")
    runtime = server.runtime()
    while run_one(runtime):
        pass
    runtime.store.database.close()
    (one,) = entries(server.fhir("GET", place).json)
    assert response(one)["status"] == "200 OK"
    told = one["resource"]
    assert isinstance(told, dict)
    return told


def value(parameters: JsonObject, name: str) -> JsonValue:
    """Return the value of a parameter."""
    (row,) = [row for row in objects(parameters, "parameter") if row["name"] == name]
    return next(value for key, value in row.items() if key.startswith("value"))


def audits(server: Server, operation: str) -> list[JsonObject]:
    found = server.search("AuditEvent", _count="1000")
    return [one for one in found if at(one, "subtype", 1, "code") == operation]


def details(audit: JsonObject) -> dict[str, str]:
    rows = objects(audit, "entity", 0, "detail")
    return {str(row["type"]): str(row["valueString"]) for row in rows}


def settle(server: Server) -> None:
    """Take what is marked for the index of words, as a worker does."""
    runtime = server.runtime()
    while index_marked(runtime.store):
        pass
    runtime.store.database.close()


def numbers(server: Server, statement: Select[int]) -> list[int]:
    """Return the numbers a statement selects, straight from the database."""
    runtime = server.runtime()
    with runtime.store.read(Context()) as reader:
        rows = reader.rows(statement)
    runtime.store.database.close()
    return [int(str(row[0])) for row in rows]


def update(server: Server, id: str, times: int, type: str = "Patient") -> None:
    for number in range(times):
        body: JsonObject = {"resourceType": type, "id": id, "language": f"x{number}"}
        if type == "Observation":
            body = observation("Patient/a", id=id, language=f"x{number}")
        assert server.fhir("PUT", f"{type}/{id}", body).status in (200, 201)


def test_history_before_a_moment_is_purged(lone: Server) -> None:
    update(lone, "a", 4)
    update(lone, "b", 3)
    update(lone, "o", 3, "Observation")
    lone.fhir("DELETE", "Patient/b")
    before = moment()
    update(lone, "a", 2)
    for path, expected in (("$purge-history", 9), ("Patient/$purge-history", 7)):
        dry = lone.fhir("POST", f"{path}?before={before}&dryRun=true")
        assert dry.status == 200
        assert value(dry.json, "dryRun") is True
        assert value(dry.json, "versions") == expected
    assert not audits(lone, "purge-history")
    body: JsonObject = {
        "resourceType": "Parameters",
        "parameter": [{"name": "before", "valueInstant": before}],
    }
    told = settled(lone, lone.fhir("POST", "Patient/b/$purge-history", body))
    assert value(told, "versions") == 3
    assert lone.fhir("GET", "Patient/b").status == 410
    assert lone.fhir("GET", "Patient/b/_history/1").status == 404
    assert len(entries(lone.fhir("GET", "Patient/b/_history").json)) == 1
    told = settled(lone, lone.fhir("POST", "$purge-history", body))
    assert value(told, "versions") == 6
    assert [lone.fhir("GET", f"Patient/a/_history/{one}").status for one in (4, 5, 6)] == [
        404,
        200,
        200,
    ]
    assert lone.fhir("GET", "Observation/o").headers["etag"] == 'W/"3"'
    assert value(settled(lone, lone.fhir("POST", "$purge-history", body)), "versions") == 0
    events = audits(lone, "purge-history")
    assert sum(int(details(one).get("versions", "0")) for one in events) == 9
    assert {details(one)["before"][:19] for one in events} == {before[:19]}
    assert at(events[0], "agent", 0, "who", "identifier", "value") == lone.client_id


def full_practice(server: Server) -> None:
    """Store patient a with all that goes along, and patient b who stays."""
    update(server, "a", 3)
    update(server, "b", 2)
    for id in ("o1", "o2", "o3"):
        update(server, id, 2, "Observation")
    server.fhir("DELETE", "Observation/o3")
    server.fhir("PUT", "Observation/ob", observation("Patient/b", id="ob"))
    members: list[JsonValue] = [{"entity": {"reference": f"Patient/{one}"}} for one in ("a", "b")]
    group: JsonObject = {
        "resourceType": "Group",
        "id": "g",
        "type": "person",
        "actual": True,
        "member": members,
    }
    assert server.fhir("PUT", "Group/g", group).status == 201
    encounter: JsonObject = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/a"},
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
    }
    headers = {"Idempotency-Key": "key", "Prefer": "return=representation"}
    put = bundle("transaction", entry("PUT", "Encounter/e", encounter))
    assert server.fhir("POST", "", put, headers).status == 200
    runtime = server.runtime()
    with runtime.store.write(Context()) as work:
        for id in ("e", "ob"):
            type = "Encounter" if id == "e" else "Observation"
            row = {"exchange": 1, "type": type, "fid": id, "place": "ISA"}
            work.change(exchange_link.insert().values(row))
    runtime.store.database.close()


GONE = ("Patient/a", "Observation/o1", "Observation/o2", "Observation/o3", "Encounter/e")
STAYS = ("Patient/b", "Observation/ob", "Group/g")


def test_patient_is_expunged_with_all_that_goes_along(lone: Server) -> None:
    full_practice(lone)
    ids = [one.partition("/")[2] for one in GONE]
    rids = numbers(lone, select(resource.c.rid).where(resource.c.fid.in_(ids)))
    assert len(rids) == len(GONE)
    dry = lone.fhir("POST", "Patient/a/$expunge?dryRun=true")
    assert dry.status == 200
    assert (value(dry.json, "resources"), value(dry.json, "shared")) == (5, 1)
    assert lone.fhir("GET", "Patient/a").status == 200
    told = settled(lone, lone.fhir("POST", "Patient/a/$expunge"))
    assert value(told, "resources") == 5
    assert value(told, "versions") == 3 + 2 + 2 + 3 + 1
    assert value(told, "links") == 1
    assert value(told, "answers") == 1
    for place in GONE:
        assert lone.fhir("GET", place).status == 404
        assert lone.fhir("GET", f"{place}/_history").status == 404
        assert lone.fhir("GET", f"{place}/_history/1").status == 404
    for place in STAYS:
        assert lone.fhir("GET", place).status == 200
    settle(lone)
    kept = [table for table in metadata.sorted_tables if "rid" in table.c]
    assert {"resource", "resource_version", "ix_eq", "ix_ref"} <= {one.name for one in kept}
    for table in kept:
        left = select(func.count()).select_from(table).where(table.c.rid.in_(rids))
        assert numbers(lone, left) == [0], table.name
    assert numbers(lone, select(func.count()).select_from(exchange_link)) == [1]
    assert numbers(lone, select(func.count()).select_from(repeat)) == [0]
    (event,) = audits(lone, "expunge")
    assert at(event, "entity", 0, "what", "reference") == "Patient/a"
    assert details(event)["resources"] == "5"
    assert at(event, "agent", 0, "who", "identifier", "value") == lone.client_id
    assert "text" not in event
    assert lone.fhir("POST", "Patient/a/$expunge").status == 404


def test_deleted_patient_can_be_expunged(lone: Server) -> None:
    update(lone, "a", 2)
    update(lone, "o1", 1, "Observation")
    lone.fhir("DELETE", "Observation/o1")
    lone.fhir("DELETE", "Patient/a")
    told = settled(lone, lone.fhir("POST", "Patient/a/$expunge"))
    assert value(told, "resources") == 2
    assert lone.fhir("GET", "Patient/a").status == 404
    assert lone.fhir("PUT", "Patient/a", {"resourceType": "Patient", "id": "a"}).status == 201


def test_only_an_administrator_may_take_out(server: Server, tag: str) -> None:
    server.fhir("PUT", f"Patient/{tag}", {"resourceType": "Patient", "id": tag})
    for scope in ("system/*.rus", "system/Patient.cruds", "system/*.crud"):
        narrow = server.with_scopes(scope)
        for path in ("$purge-history?before=2020", f"Patient/{tag}/$expunge"):
            assert narrow.fhir("POST", path).status == 403
    for path in ("$purge-history", f"Patient/{tag}/$expunge"):
        assert server.fhir("GET", path).status == 405
    for query in ("", "?before=soon", "?before=2020&dryRun=maybe", "?before=2020&x=1"):
        assert server.fhir("POST", f"$purge-history{query}").status == 400
    assert server.fhir("POST", f"Patient/{tag}none/$purge-history?before=2020").status == 404
    assert server.fhir("POST", "Observation/x/$expunge").status == 404
