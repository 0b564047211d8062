"""The request for a review of services, 278: 005010X217, BHT02 13.

The answer shares version and set; BHT02 tells them apart.
"""

from mappers.x12.grammar import Guide, may, must, need
from mappers.x12.uses.review import reviews
from mappers.x12.uses.review_event import event
from mappers.x12.uses.review_party import Review
from mappers.x12.uses.review_service import service

_REVIEW = Review(
    "review request",
    must(
        "BHT",
        "review",
        need(1, "0007"),
        need(2, "13", "01", "36"),
        need(3),
        need(4),
        need(5),
        may(6, "RU"),
    ),
)
ROOT = reviews(_REVIEW, event(_REVIEW, service(_REVIEW)))

GUIDE = Guide(
    kind="278-request",
    versions=("005010X217",),
    set_id="278",
    functional_id="HI",
    name="review request",
    root=ROOT,
    unit="2000E",
)
