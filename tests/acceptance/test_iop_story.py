"""The story of a dependent's intensive outpatient claim with a second payer.

Milo is fifteen and goes to Harbor Recovery's evening programme three times a week. His mother's
plan, Cascade, pays first; Evergreen, the state's, pays what Cascade leaves. The server, its worker
and both payers are processes of their own, and speak X12 over HTTP.
"""

from decimal import Decimal

from fhir_server.interactions.maintained import CLAIM_STATE
from fhir_server.model.resource import JsonObject, JsonValue
from mappers.path import read
from tests.acceptance.claims import put
from tests.acceptance.loopback import loopback
from tests.acceptance.site import Site, running
from tests.unit.mappers.fhir_x12.scenario import scenario

CASCADE: list[JsonObject] = [
    {"claim": "IOP-1", "times": 1, "status": "A7:453:85"},
    {"claim": "IOP-1", "deny": {"2": ["CO", "197", "N54"]}, "reverse": True},
]
IOP = scenario("iop-facility")
HELD: JsonObject = {"preAuthRef": ["AUTH-IOP-1"]}
STATE: JsonObject = {
    "resourceType": "Organization",
    "id": "state",
    "identifier": [{"system": "https://parity.example/payer-id", "value": "EVM02"}],
    "name": "Evergreen Medicaid",
    "address": [
        {"line": ["1 Capitol Way"], "city": "Olympia", "state": "WA", "postalCode": "985010200"}
    ],
}
SECOND_COVER: JsonObject = {
    **IOP.claims.resources["Coverage/cover"],
    "id": "second",
    "type": {
        "coding": [{"system": "https://x12.org/codes/claim-filing-indicator-codes", "code": "MC"}]
    },
    "subscriberId": "EVM500600700",
    "payor": [{"reference": "Organization/state"}],
    "order": 2,
}


def without_modifiers(claim: JsonObject) -> JsonObject:
    """Return the claim as the front desk first wrote it: nobody told the programme's level."""
    items: list[JsonValue] = [
        {name: value for name, value in one.items() if name != "modifier"}
        for one in read(claim, "item")
        if isinstance(one, dict)
    ]
    return {**claim, "item": items}


def covered(claim: JsonObject, first: JsonObject, *, is_second: bool) -> JsonObject:
    """Return the claim with both covers, to one of them."""
    cover: JsonObject = {
        "sequence": 1,
        "focal": not is_second,
        "coverage": {"reference": "Coverage/cover"},
        **first,
    }
    second: JsonObject = {
        "sequence": 2,
        "focal": is_second,
        "coverage": {"reference": "Coverage/second"},
    }
    insurance: list[JsonValue] = [cover, second]
    return {**claim, "insurance": insurance}


def story(site: Site, claim: str) -> list[str]:
    """Return the states a claim was in, one after the other."""
    bundle = site.fhir("GET", f"Claim/{claim}/_history?_count=100")
    found = read(bundle, f"entry.resource.extension[url={CLAIM_STATE}].valueCode")
    told = [str(one) for one in reversed(found)]
    return [one for at, one in enumerate(told) if at == 0 or told[at - 1] != one]


def interchange(site: Site, claim: str) -> str:
    """Return the claim as it left, a segment a line."""
    headers = {"Accept": "application/edi-x12"}
    answer = site.request("GET", f"/fhir/Claim/{claim}/$x12", headers=headers)
    assert answer.status == 200, answer.body
    return answer.body.decode().replace("~", "~\n")


def paid(response: JsonObject) -> Decimal:
    """Return what a response pays."""
    (amount,) = read(response, "payment.amount.value")
    return Decimal(str(amount))


def responses(site: Site, claim: str) -> list[JsonObject]:
    """Return what was paid and taken back for a claim, the reversal first, the most last."""
    found = site.search(f"ClaimResponse?request=Claim/{claim}&outcome=complete,partial")
    return sorted(found, key=paid)


def admit(site: Site) -> JsonObject:
    """Take Milo in: his mother's cover, the state's, the programme and its clinician."""
    people = [*IOP.others(), STATE, SECOND_COVER]
    entries: list[JsonValue] = [put(one) for one in people]
    site.fhir("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    return covered(IOP.claims.resources["Claim/iop-1"], HELD, is_second=False)


def bill_in_haste(site: Site, right: JsonObject) -> None:
    """Bill the week to Cascade without its modifiers: it is rejected, and somebody told where."""
    site.fhir("PUT", "Claim/iop-1", without_modifiers(right), status=201)
    site.fhir("POST", "Claim/iop-1/$submit")
    site.until("Claim?_id=iop-1&state=rejected", seconds=90)
    sent = interchange(site, "iop-1")
    assert "CLM*IOP-1*1050***13:A:1*" in sent
    assert "\nHL*3*2*23*0~" in sent
    assert "NM1*QC*1*Quill*Milo~" in sent
    (task,) = site.search("Task?focus=Claim/iop-1&status=requested&code=correct-claim")
    assert read(task, "input.type.text") == ["Claim.item.modifier"]


def correct(site: Site, right: JsonObject) -> None:
    """Send it again, corrected, as a new original: Cascade has no claim to replace."""
    site.fhir("PUT", "Claim/iop-1", right)
    site.fhir("POST", "Claim/iop-1/$submit")
    site.until("Claim?_id=iop-1&state=paid", seconds=90)
    assert site.search("Task?focus=Claim/iop-1&status=requested&code=correct-claim") == []
    sent = interchange(site, "iop-1")
    assert "CLM*IOP-1*1050***13:A:1*" in sent
    assert "SV2*0906*HC:H0015:HF*350*UN*1~" in sent


def see_it_paid(site: Site) -> JsonObject:
    """See two evenings paid and one denied, that taken back, and all three paid."""
    assert story(site, "iop-1") == [
        *("ready", "sent", "received", "rejected"),
        *("ready", "sent", "received", "accepted"),
        *("partly-paid", "reversed", "paid"),
    ]
    back, partly, last = responses(site, "iop-1")
    assert paid(back) == -paid(partly) < 0
    assert paid(last) > paid(partly)
    assert "197" in read(partly, "item[1].adjudication.reason.coding.code")
    return last


def bill_the_state(site: Site, last: JsonObject) -> None:
    """Bill what Cascade left to the family to Evergreen, with what Cascade decided."""
    answered: JsonObject = {"reference": f"ClaimResponse/{last['id']}"}
    decided: JsonObject = {**HELD, "claimResponse": answered}
    claim = covered(IOP.claims.resources["Claim/iop-1"], decided, is_second=True)
    number: JsonObject = {"system": "https://practice.example/claim", "value": "IOP-2"}
    claim |= {"id": "iop-2", "identifier": [number], "insurer": {"reference": "Organization/state"}}
    site.fhir("PUT", "Claim/iop-2", claim, status=201)
    site.fhir("POST", "Claim/iop-2/$submit")
    site.until("Claim?_id=iop-2&state=paid", seconds=90)
    sent = interchange(site, "iop-2")
    assert "SBR*S*" in sent
    assert "SVD*CHP01*" in sent
    assert "CAS*PR*3*20~" in sent
    (other,) = responses(site, "iop-2")
    assert paid(other) == Decimal(20)


def prove(site: Site) -> None:
    """Close the claim; every cent leads back to the bytes that brought it."""
    site.fhir("POST", "Claim/iop-1/$close")
    evidence = site.fhir("GET", "Claim/iop-1/$evidence")
    index = [one for one in read(evidence, "entry[0].resource.parameter") if isinstance(one, dict)]
    lines = [one for one in index if one["name"] == "line"]
    assert len(lines) == 3
    for line in lines:
        names = [str(one) for one in read(line, "part.name")]
        assert names.count("submitted") == 2
        assert names.count("answered") == 3
    (filing,) = [one for one in index if one["name"] == "filing"]
    assert read(filing, "part.valueDate") == ["2027-05-07"]
    assert "999" in str(read(filing, "part.valueReference.display")[0])


def test_dependents_iop_claim_with_a_second_payer(site: Site) -> None:
    with (
        running(site, "serve"),
        loopback(site, "cascade", "CHP01", CASCADE),
        loopback(site, "evergreen", "EVM02", []),
    ):
        right = admit(site)
        bill_in_haste(site, right)
        correct(site, right)
        last = see_it_paid(site)
        bill_the_state(site, last)
        prove(site)
