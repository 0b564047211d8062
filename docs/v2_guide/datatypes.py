"""Data types of the guide beside the transformations that map them, with samples that show it.

A row `XPN.1 -> family` holds when the transformation reads component 1 of a sample and writes
`family`. `at` renames members where ours carries them elsewhere: a practitioner is a logical
reference, so its name is its `display`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC

from docs.v2_guide.corpus import plain
from hl7.message import parse
from mappers.apply import Call, Trace
from mappers.path import JsonValue
from mappers.rule import Rule
from mappers.v2_fhir.datatypes import Context
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.source import SegmentSource
from mappers.v2_fhir.work import VOCABULARY

CWE = "1^A^HL70001^2^B^HL70002^v1^v2^original^3^C^HL70003^v3"


@dataclass(frozen=True, slots=True)
class Sample:
    """How one data type map of the guide is met: transformation, texts, renamed members."""

    using: str
    texts: tuple[str, ...]
    at: Mapping[str, str] = field(default_factory=dict)
    codes: str = ""


SAMPLES: Mapping[str, Sample] = {
    "CE[CodeableConcept]": Sample("cwe", (CWE,)),
    "CF[CodeableConcept]": Sample("cwe", (CWE,)),
    "CNE[CodeableConcept]": Sample("cwe", (CWE,)),
    "CWE[CodeableConcept]": Sample("cwe", (CWE,)),
    "CX[Identifier]": Sample("cx", ("1^^^A&1.2.3&ISO^MR^^20200101^20210101",)),
    "XPN[HumanName]": Sample(
        "xpn", ("DOE&VAN&X^JO^B^JR^DR^PHD^L^A^^^G^20200101^20210101^MD^CALL",)
    ),
    "XAD[Address]": Sample(
        "xad", ("1 MAIN&MAIN&1^APT^TOWN^ST^1^USA^H^X^COUNTY^T^^^20200101^20210101",)
    ),
    "XTN[ContactPoint]": Sample(
        "xtn",
        (
            "555^PRN^PH^^1^555^5551^9^TEXT^^^555^20200101^20210101^^^^1",
            "^NET^Internet^a@b.example",
            "^PRN^PH^^1^555^5551^9",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a transformation did with its samples: components read, members written."""

    read: frozenset[str]
    members: frozenset[str]


def shown(sample: Sample) -> Shown:
    """Run the transformation over the samples."""
    read: set[str] = set()
    members: set[str] = set()
    for text in sample.texts:
        leaves: set[tuple[int, int, int, int, int]] = set()
        message = parse(f"MSH|^~\\&\rZZZ|{text}".encode())
        (node,) = SegmentSource({"ZZZ": message.segments[1]}, leaves).nodes("ZZZ-1")
        codes = VOCABULARY.codes[sample.codes] if sample.codes else None
        call = Call(Context(Feed("guide"), UTC), Rule("ZZZ-1", "value"), codes, Trace())
        members |= set(paths(VOCABULARY.transformations[sample.using](node, call)))
        read |= {part for leaf in leaves for part in (f"{leaf[3]}", f"{leaf[3]}.{leaf[4]}")}
    return Shown(frozenset(read), frozenset(members))


def paths(value: JsonValue, above: str = "") -> Iterator[str]:
    """Yield the path of each member of a value; a scalar is at the path of what holds it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, f"{above}.{name.lstrip('_')}" if above else name.lstrip("_"))
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, above)
    elif value is not None:
        yield above


def is_shown(name: str, source: str, target: str) -> bool:
    """Say whether the samples of a data type show a row of the guide."""
    sample = SAMPLES.get(name)
    if sample is None:
        return False
    seen = shown(sample)
    component = source.partition(".")[2]
    path = plain(target)
    for theirs, ours in sample.at.items():
        if path == theirs or path.startswith(f"{theirs}."):
            path = ours
    wanted = not component or component in seen.read
    return wanted and any(
        one == path
        or not one
        or not path
        or one.startswith(f"{path}.")
        or path.startswith(f"{one}.")
        for one in seen.members
    )
