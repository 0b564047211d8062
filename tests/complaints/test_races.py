"""Of races: conditions that two hold at once."""

from concurrent.futures import ThreadPoolExecutor

from tests.integration.server import Server


def test_parallel_conditional_updates_make_one_resource(server: Server, tag: str) -> None:
    identifier = {"system": "urn:race", "value": tag}

    def put(number: int) -> int:
        body = {
            "resourceType": "Patient",
            "identifier": [identifier],
            "name": [{"family": f"N{number}"}],
        }
        path = f"Patient?identifier=urn:race%7C{tag}"
        return server.fhir("PUT", path, body).status  # type: ignore[arg-type]

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(put, range(16)))
    assert sorted(statuses) == [200] * 15 + [201]
    (one,) = server.search("Patient", identifier=f"urn:race|{tag}")
    assert server.fhir("GET", f"Patient/{one['id']}/_history").json["total"] == 16
