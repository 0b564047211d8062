"""What a 277CA says of a claim, and the response that keeps it."""

import pytest

from fhir_server.validation.structure import Validator
from mappers.fhir_x12.status_277ca import ClaimStatus, claim_statuses, status_response
from mappers.path import read
from profiles.loader import load
from tests.unit.mappers.fhir_x12.case import subscriber
from tests.unit.mappers.fhir_x12.remit import root, status, statuses

CREATED = "2026-11-04T09:00:00Z"


def only(stc: str, rest: str = "") -> ClaimStatus:
    (found,) = claim_statuses(root(statuses(status("CASE1", stc, rest))))
    return found


@pytest.mark.parametrize(
    ("stc", "outcome"),
    [
        ("STC*A2:20:PR*20261104*WQ*165.5~", "accepted"),
        ("STC*A1:19:PR*20261104*WQ*165.5~", "received"),
        ("STC*A7:164:IL*20261104*U*165.5~", "rejected"),
        ("STC*A2:20:PR*20261104*U*165.5~", "rejected"),
        ("STC*P1:3*20261104*WQ*165.5~", "pending"),
        ("STC*A2:20:PR*20261104*WQ*165.5******A6:145:85~", "rejected"),
    ],
)
def test_gravest_status_decides(stc: str, outcome: str) -> None:
    assert only(stc).outcome == outcome


def test_status_of_a_line_counts() -> None:
    rest = "REF*1K*P77~SVC*HC:90834*145~STC*A7:454*20261104*U*145~"
    assert only("STC*A2:20:PR*20261104*WQ*165.5~", rest).outcome == "rejected"


def test_every_claim_of_the_file_is_told() -> None:
    two = status("A", "STC*A2:20*20261104*WQ*1~") + status("B", "STC*A3:21*20261104*U*2~").replace(
        "HL*4", "HL*5"
    )
    told = claim_statuses(root(statuses(two)))
    assert [(one.claim_number, one.outcome) for one in told] == [
        ("A", "accepted"),
        ("B", "rejected"),
    ]


def test_rejection_keeps_its_codes_and_names_the_element() -> None:
    tree = status_response(
        subscriber().claim, only("STC*A7:164:IL*20261104*U*165.5~"), "s1", CREATED
    )
    assert tree["outcome"] == "error"
    assert read(tree, "error.code.coding.code") == ["A7", "164"]
    assert read(tree, "error.code.text") == ["Claim.insurance.coverage.subscriberId"]
    assert Validator(load()).check(tree) == ()


def test_acceptance_keeps_the_payers_number() -> None:
    told = only("STC*A2:20:PR*20261104*WQ*165.5~", "REF*1K*P77~")
    tree = status_response(subscriber().claim, told, "s1", CREATED)
    assert (tree["outcome"], "error" in tree) == ("queued", False)
    assert read(tree, "identifier.value") == ["P77"]
    assert Validator(load()).check(tree) == ()
