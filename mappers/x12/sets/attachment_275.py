"""Papers for a claim (005010X210) or for a review of services (005010X211), 275 of 5010.

Loop names below 2000A are ours where public sources differ.
"""

from mappers.x12.grammar import Guide, can, must, need
from mappers.x12.uses.attachment import attachments
from mappers.x12.uses.fact import some

ROOT = attachments(
    can("EFI", "format", need(1), *some(2, 5)),
    must("BIN", "bytes of the paper", need(1), need(2)),
)

GUIDE = Guide(
    kind="275",
    versions=("005010X210", "005010X211"),
    set_id="275",
    functional_id="PI",
    name="papers",
    root=ROOT,
    unit="2000A",
    is_certain=False,
)
