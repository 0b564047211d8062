"""Tokens: who gets one, what it opens, when it ends."""

import base64
from urllib.parse import urlencode

import pytest

from fhir_server.model.resource import JsonObject
from mappers.path import read
from tests.acceptance.site import Answer
from tests.integration.http.sample import bundle, entries, entry, issue, patient, response
from tests.integration.server import FORM, Server


def post(server: Server, path: str, authorization: str | None = None, **form: str) -> Answer:
    """Post a form to the authorization server."""
    headers = {"Content-Type": FORM}
    if authorization is not None:
        headers["Authorization"] = authorization
    return server.request("POST", path, urlencode(form).encode(), headers, token=None)


def basic(server: Server, secret: str | None = None) -> str:
    """Return HTTP Basic credentials of the administrator."""
    text = f"{server.client_id}:{secret or server.client_secret}"
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_token_by_basic_or_form(server: Server) -> None:
    by_header = post(server, "/auth/token", basic(server), grant_type="client_credentials")
    by_form = post(
        server,
        "/auth/token",
        grant_type="client_credentials",
        client_id=server.client_id,
        client_secret=server.client_secret,
    )
    for answer in (by_header, by_form):
        assert answer.status == 200, answer.body
        assert answer.json["token_type"] == "Bearer"
        assert answer.json["scope"] == "system/*.cruds"
        assert answer.json["expires_in"] == 3600
        assert answer.headers["cache-control"] == "no-store"
        token = str(answer.json["access_token"])
        assert server.request("GET", "/fhir/Patient?_count=1", token=token).status == 200


def test_token_has_the_scopes_asked_for_and_allowed(server: Server) -> None:
    answer = post(
        server,
        "/auth/token",
        basic(server),
        grant_type="client_credentials",
        scope="openid system/Patient.rs",
    )
    assert answer.json["scope"] == "system/Patient.rs"
    token = str(answer.json["access_token"])
    assert server.request("GET", "/fhir/Patient?_count=1", token=token).status == 200
    assert server.request("GET", "/fhir/Claim?_count=1", token=token).status == 403


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 401, "invalid_client"),
        ({}, 400, "invalid_request"),
        (
            {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"},
            401,
            "invalid_client",
        ),
    ],
)
def test_refusal_of_a_token_is_an_oauth_error(
    server: Server, form: dict[str, str], status: int, error: str
) -> None:
    answer = post(server, "/auth/token", **form)
    assert (answer.status, answer.json["error"]) == (status, error)
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_known_client_is_told_what_is_wrong(server: Server) -> None:
    wrong = post(server, "/auth/token", basic(server, "guess"), grant_type="client_credentials")
    assert (wrong.status, wrong.json["error"]) == (401, "invalid_client")
    grant = post(server, "/auth/token", basic(server), grant_type="authorization_code")
    assert (grant.status, grant.json["error"]) == (400, "unsupported_grant_type")
    scope = post(
        server, "/auth/token", basic(server), grant_type="client_credentials", scope="openid"
    )
    assert (scope.status, scope.json["error"]) == (400, "invalid_scope")
    twice = server.request(
        "POST",
        "/auth/token",
        b"grant_type=client_credentials&grant_type=x",
        {"Content-Type": FORM, "Authorization": basic(server)},
        token=None,
    )
    assert twice.json["error"] == "invalid_request"
    json = server.request("POST", "/auth/token", b"{}", token=None)
    assert json.json["error"] == "invalid_request"


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Basic abc", "Bearer"])
def test_request_without_a_good_token_is_unauthenticated(
    server: Server, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    for method, path in (("GET", "/fhir/Patient/1"), ("GET", "/fhir/Nothing"), ("POST", "/fhir")):
        answer = server.request(method, path, headers=headers, token=None)
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert issue(answer.json)["code"] == "login"
    assert server.request("GET", "/api/partners", headers=headers, token=None).status == 401


def test_scopes_hold_for_every_interaction(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    reader = server.with_scopes("system/Patient.r")
    assert reader.fhir("GET", path).status == 200
    assert reader.fhir("GET", f"{path}/_history").status == 200
    assert reader.fhir("GET", f"{path}/_history/1").status == 200
    for method, url, body in (
        ("GET", "Patient?_count=1", None),
        ("POST", "Patient", patient(tag)),
        ("PUT", path, stored),
        ("DELETE", path, None),
        ("GET", "Observation/1", None),
        ("DELETE", f"Patient?_id={stored['id']}", None),
    ):
        answer = reader.fhir(method, url, body)
        assert answer.status == 403, (method, url)
        assert issue(answer.json)["code"] == "forbidden"
    assert server.fhir("GET", path).json == stored


def test_update_scope_does_not_create(server: Server, tag: str) -> None:
    updater = server.with_scopes("system/Patient.us")
    assert updater.fhir("PUT", f"Patient/{tag}", patient(tag, id=tag)).status == 403
    assert server.fhir("GET", f"Patient/{tag}").status == 404
    assert updater.fhir("PUT", f"Patient?identifier={tag}", patient(tag)).status == 403


def test_conditional_create_needs_search(server: Server, tag: str) -> None:
    creator = server.with_scopes("system/Patient.c")
    criteria = {"If-None-Exist": f"identifier={tag}"}
    assert creator.fhir("POST", "Patient", patient(tag), criteria).status == 403
    assert creator.fhir("POST", "Patient", patient(tag)).status == 201


def test_scopes_hold_for_every_entry(server: Server, tag: str) -> None:
    creator = server.with_scopes("system/Patient.c")
    made = (
        entry("POST", "Patient", patient(tag)),
        entry("GET", "Patient?_count=1"),
    )
    assert creator.fhir("POST", "", bundle("transaction", *made)).status == 403
    batch = creator.fhir("POST", "", bundle("batch", *made))
    assert [str(response(one)["status"])[:3] for one in entries(batch.json)] == ["201", "403"]
    assert len(server.search("Patient", identifier=tag)) == 1


def test_revoked_token_is_worthless(server: Server) -> None:
    other = post(server, "/auth/token", basic(server), grant_type="client_credentials")
    token = str(other.json["access_token"])
    assert server.request("GET", "/fhir/Patient?_count=1", token=token).status == 200
    told = post(server, "/auth/introspect", basic(server), token=token).json
    assert (told["active"], told["client_id"]) == (True, server.client_id)
    assert post(server, "/auth/revoke", basic(server), token=token).status == 200
    assert post(server, "/auth/introspect", basic(server), token=token).json == {"active": False}
    assert post(server, "/auth/revoke", basic(server), token=token).status == 200
    assert post(server, "/auth/introspect", token=token).status == 401


def test_smart_configuration_names_paths_that_work(server: Server) -> None:
    answer = server.request("GET", "/fhir/.well-known/smart-configuration", token=None)
    assert answer.status == 200
    for name in ("token_endpoint", "revocation_endpoint", "introspection_endpoint"):
        url = str(answer.json[name])
        path = url.removeprefix(server.base.removesuffix("/fhir"))
        assert post(server, path).status in {400, 401}
    assert answer.json["grant_types_supported"] == ["client_credentials"]


def test_partners_need_an_administrator(server: Server) -> None:
    assert server.with_scopes("system/*.rs").request("GET", "/api/partners").status == 403


def test_includes_bring_no_type_the_token_does_not_cover(server: Server, tag: str) -> None:
    patient = server.create({"resourceType": "Patient", "name": [{"family": tag}]})
    subject: JsonObject = {"reference": f"Patient/{patient['id']}"}
    code: JsonObject = {"text": tag}
    seen = server.create(
        {"resourceType": "Observation", "status": "final", "code": code, "subject": subject}
    )
    of_type = {"Observation": f"Observation?_id={seen['id']}", "Patient": f"Patient?family={tag}"}
    include = "&_include=Observation:subject"
    reverse = "&_revinclude=Observation:subject"

    everything = server.fhir("GET", of_type["Observation"] + include).json
    assert [one.split("/")[-2] for one in full_urls(everything)] == ["Observation", "Patient"]

    observations = server.with_scopes("system/Observation.rs")
    alone = observations.fhir("GET", of_type["Observation"] + include)
    assert alone.status == 200, alone.body
    assert [one.split("/")[-2] for one in full_urls(alone.json)] == ["Observation"]
    named = observations.fhir("GET", f"{of_type['Observation']}{include}:Patient")
    assert named.status == 403

    patients = server.with_scopes("system/Patient.rs")
    assert patients.fhir("GET", of_type["Patient"] + reverse).status == 403
    entry: JsonObject = {"request": {"method": "GET", "url": of_type["Patient"] + reverse}}
    batch: JsonObject = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    answered = patients.fhir("POST", "", batch).json
    assert read(answered, "entry.response.status") == ["403 Forbidden"]


def full_urls(bundle: JsonObject) -> list[str]:
    return [str(url) for url in read(bundle, "entry.fullUrl")]


@pytest.mark.parametrize("path", ["/auth/token", "/auth/revoke", "/auth/introspect"])
def test_wrong_method_is_told_the_right_one(server: Server, path: str) -> None:
    answer = server.request("GET", path)
    assert answer.status == 405
    assert "POST" in answer.headers["allow"].split(", ")
