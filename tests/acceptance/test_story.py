"""The whole story, once: intake, claim, payment, lab result, and leaving with everything."""

import gzip
import json
import time
from decimal import Decimal
from pathlib import Path

from fhir_server.interactions.maintained import CLAIM_STATE
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from mappers.path import read
from tests.acceptance.claims import intake, professional_claim
from tests.acceptance.messages import oru
from tests.acceptance.payer import directory_payer
from tests.acceptance.site import Site, running


def states(site: Site, claim: str) -> list[str]:
    """Return the states the claim went through, oldest first, as its history tells."""
    bundle = site.fhir("GET", f"Claim/{claim}/_history?_count=100")
    told = read(bundle, f"entry.resource.extension[url={CLAIM_STATE}].valueCode")
    return [str(state) for state in dict.fromkeys(reversed(told))]


def bill(site: Site) -> str:
    """Post intake and claim, submit it, and return the claim's id once it is paid."""
    site.fhir("POST", "", intake())
    encounter = site.fhir("GET", "Encounter/visit")
    assert encounter["status"] == "finished"
    claim = site.fhir("POST", "Claim", professional_claim("STORY1"), status=201)
    site.fhir("POST", f"Claim/{claim['id']}/$submit")
    site.until(f"Claim?_id={claim['id']}&state=paid")
    return str(claim["id"])


def test_intake_to_payment_and_result_to_export(site: Site, tmp_path: Path) -> None:
    with running(site, "serve"), directory_payer(site) as payer:
        claim = bill(site)
        told = states(site, claim)
        assert told[-1] == "paid"
        assert [
            one for one in told if one in {"ready", "sent", "received", "accepted", "paid"}
        ] == [
            "ready",
            "sent",
            "received",
            "accepted",
            "paid",
        ]
        assert b"CLM*STORY1*165.5*" in payer.received()[0].body

        response = site.until(f"ClaimResponse?request=Claim/{claim}&outcome=complete")[0]
        remittance = site.until("PaymentReconciliation")[0]
        paid = response["payment"]["amount"]["value"]  # type: ignore[index,call-overload]
        assert remittance["paymentAmount"]["value"] == paid  # type: ignore[index,call-overload]
        assert Decimal(0) < paid < Decimal("165.50")  # type: ignore[operator]

        (tmp_path / "result.hl7").write_bytes(oru("STORY-1", patient="N1", order="L77", results=3))
        sent = site.run(
            "v2", "send", str(tmp_path / "result.hl7"), "--to", f"127.0.0.1:{site.mllp_port}"
        )
        assert b"MSA|AA|STORY-1" in sent.stdout
        found = site.search("Observation?code=http://loinc.org|2341-0")
        assert len(found) == 1
        assert [str(value) for value in read(found[0], "valueQuantity.value")] == ["4.20"]
        assert site.search("DiagnosticReport?status=final")

        export_and_verify(site, tmp_path / "package")
        bulk_export(site)


def export_and_verify(site: Site, package: Path) -> None:
    """Leave with everything; then change, add and remove a byte, and be told of each."""
    site.run("export", "--out", str(package))
    assert site.run("verify", str(package)).returncode == 0
    originals = list(package.rglob("*.x12")) + list(package.rglob("*.hl7"))
    assert any(b"CLM*STORY1*" in one.read_bytes() for one in originals)
    assert any(b"MSH|^~\\&|LIS|TESTLAB" in one.read_bytes() for one in originals)
    history = b"".join(one.read_bytes() for one in (package / "history").rglob("Claim.ndjson*"))
    assert history.count(b"\n") >= 4
    for victim in (originals[0], package / "fhir" / "Claim.ndjson", package / "manifest.json"):
        content = victim.read_bytes()
        victim.write_bytes(content[:-3] + bytes([content[-3] ^ 1]) + content[-2:])
        assert victim.name.encode() in site.run("verify", str(package), status=1).stdout
        victim.write_bytes(content)
    originals[0].unlink()
    assert originals[0].name.encode() in site.run("verify", str(package), status=1).stdout


def bulk_export(site: Site) -> None:
    """Run the asynchronous system export: kick-off, status, manifest, files, delete."""
    started = site.request("GET", "/fhir/$export", headers={"Prefer": "respond-async"})
    assert started.status == 202, started.body
    place = "/" + started.headers["content-location"].split("/", 3)[3]
    end = time.monotonic() + 30
    while (answer := site.request("GET", place)).status == 202:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert answer.status == 200, answer.body
    counts: dict[str, int] = {}
    for output in read(answer.json, "output"):
        assert isinstance(output, dict)
        served = site.request("GET", "/" + str(output["url"]).split("/", 3)[3])
        assert served.status == 200
        assert served.headers["content-type"].startswith("application/fhir+ndjson")
        body = gzip.decompress(served.body) if served.body[:2] == b"\x1f\x8b" else served.body
        lines = [decode(one) for one in body.splitlines()]
        assert {one["resourceType"] for one in lines} == {output["type"]}
        assert len(lines) == output["count"]
        counts[str(output["type"])] = len(lines)
    assert counts["Claim"] == total(site, "Claim")
    assert counts["Observation"] == total(site, "Observation")
    assert site.request("DELETE", place).status == 202
    assert site.request("GET", place).status == 404


def total(site: Site, kind: str) -> int:
    bundle: JsonObject = json.loads(site.request("GET", f"/fhir/{kind}?_summary=count").body)
    return int(str(bundle["total"]))
