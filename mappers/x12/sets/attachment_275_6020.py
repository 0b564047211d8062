"""Papers for a claim (006020X314) or for a review of services (006020X316), 275 of 6020.

The bytes stand in BDS, as they are (ASC) or in base 64 (B64). Loop names below 2000A are ours
where public sources differ.
"""

from mappers.x12.grammar import Guide, can, may, must, need
from mappers.x12.uses.attachment import attachments

ROOT = attachments(
    can("OOI", "object of the paper", need(1), need(2), may(3)),
    must("BDS", "bytes of the paper", need(1, "ASC", "B64"), need(2), need(3)),
)

GUIDE = Guide(
    kind="275-6020",
    versions=("006020X314", "006020X316"),
    set_id="275",
    functional_id="PI",
    name="papers",
    root=ROOT,
    unit="2000A",
    is_certain=False,
)
