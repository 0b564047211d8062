"""How a sender deviates, as rows: moved fields, Z fields, codes, labels, policies.

Addresses are those of HL7 v2 (`OBX-5.1`), in every row of the feed alike. Nothing here computes;
`mappers.v2_fhir.rearrange`, `custom` and `security` carry the rows out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

List = Literal["snapshot", "additive"]
"""A snapshot replaces what the sender told before; an additive list only adds to it."""


@dataclass(frozen=True, slots=True)
class Condition:
    """The field (`PV1-3.1`) holds one of the values; without values, it holds something.

    With `negate` it does not. A segment that is not there holds nothing.
    """

    field: str
    values: tuple[str, ...] = ()
    negate: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """Before mapping, what stands at `source` (else the constant `value`) is put at `target`.

    The source of a segment's own kind is the segment itself; of another kind the nearest one
    before it, else the next after it. The source is emptied unless it is to be kept; a target
    that is valued stays unless it is replaced. All conditions must hold of the same segments.
    """

    target: str
    source: str = ""
    value: str = ""
    when: tuple[Condition, ...] = ()
    keeps_source: bool = False
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class CustomRule:
    """A field of a Z segment written into the resource that the segment belongs to.

    It belongs to the nearest resource of the type `resource` made of a segment before it, else to
    the first one. `target` is an element path; empty: an extension of the canonical `extension`.
    `using` names a transformation of the maps (`text`, `code`, `date`, `cwe`), `table` a code
    table of the feed.
    """

    source: str
    resource: str
    target: str = ""
    extension: str = ""
    using: str = "text"
    table: str = ""


@dataclass(frozen=True, slots=True)
class CodeTable:
    """The sender's codes of a v2 table (`v2-0085`) or of a field (`OBX-3`), in another system.

    Rows give the target by the sender's code. Of a field that has a table, a code without a row
    is work for a person; what a ConceptMap of the feed says goes before these rows.
    """

    table: str
    system: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelRule:
    """A security label that resources of a message carry when the conditions hold."""

    system: str
    code: str
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Lists:
    """How repeated segments are taken: as all there is, or as more of it."""

    allergies: List = "snapshot"
    diagnoses: List = "snapshot"
    procedures: List = "snapshot"
    contacts: List = "snapshot"
    insurance: List = "snapshot"


@dataclass(frozen=True, slots=True)
class Matching:
    """How people and orders are found.

    `people`: by `identifier` alone; `candidates`: one not found by identifier is filed as new and
    flagged where somebody much like them is known; `wait`: the message waits for a person's
    decision. `conflict`: the same identifier with another birth date and name is filed or held.
    `orders`: a result without an order is filed, or waits. `days` is how far the dates of a
    result and of a suggested order lie apart at most.
    """

    people: Literal["identifier", "candidates", "wait"] = "identifier"
    conflict: Literal["file", "hold"] = "file"
    orders: Literal["file", "wait"] = "file"
    days: int = 14


@dataclass(frozen=True, slots=True)
class BillType:
    """Where orders and charges tell who pays, and what its codes mean."""

    source: str
    codes: Mapping[str, Literal["patient", "third-party", "client"]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Every deviation of one sender.

    `psc_hold`: an order of which all hold waits for the patient at a service centre. `bill_type`:
    who pays. `aoe`: codes of questions at order entry, which are no laboratory findings;
    `registration`: the status of an Encounter that A04 makes; `slots`: schedules and slots are
    kept from SIU messages; `provenance`: what a message became gets Provenance resources.
    `part2`: the sender is a programme under 42 CFR Part 2, and everything it sends carries that
    policy.
    """

    systems: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[CodeTable, ...] = ()
    moves: tuple[Move, ...] = ()
    custom: tuple[CustomRule, ...] = ()
    lists: Lists = field(default_factory=Lists)
    matching: Matching = field(default_factory=Matching)
    psc_hold: tuple[Condition, ...] = ()
    bill_type: BillType | None = None
    aoe: tuple[str, ...] = ()
    registration: Literal["arrived", "planned", "in-progress"] = "arrived"
    slots: bool = False
    part2: bool = False
    provenance: bool = False
    labels: tuple[LabelRule, ...] = ()


STANDARD = Dialect()
"""A sender that deviates in nothing."""
