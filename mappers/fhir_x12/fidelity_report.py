"""The fidelity report as text and as JSON: what each map keeps, and what it does not, and why."""

from collections.abc import Iterable, Sequence

from mappers.fhir_x12.fidelity import Kept, Loss, Summary, summaries
from mappers.path import JsonObject, JsonValue


def as_text(kept: Iterable[Kept]) -> str:
    """Return the report for people: a line for each map and way, its losses under it."""
    lines: list[str] = []
    for one in summaries(kept):
        lines += [_head(one), *(_line(loss) for loss in one.losses)]
    return "\n".join(lines) if lines else "no map for what was given"


def _head(one: Summary) -> str:
    told = f"{one.kept} of {one.populated} elements come back ({one.share:.2%})"
    return f"{one.map}  {one.way}  {one.cases} cases  {told}"


def _line(loss: Loss) -> str:
    counted = "not counted: " if loss.is_withheld else ""
    return f"    {loss.count:>4}  {loss.path}: {counted}{loss.reason}"


def as_json(kept: Sequence[Kept]) -> JsonObject:
    """Return the report for machines: the sums, and each case."""
    sums: list[JsonValue] = [
        {
            "map": one.map,
            "way": one.way,
            "cases": one.cases,
            "populated": one.populated,
            "kept": one.kept,
            "enough": one.is_enough,
            "losses": [_loss(loss) for loss in one.losses],
        }
        for one in summaries(kept)
    ]
    cases: list[JsonValue] = [
        {
            "map": one.map,
            "way": one.way,
            "case": one.case,
            "populated": one.populated,
            "kept": one.kept,
        }
        for one in kept
    ]
    return {"maps": sums, "cases": cases}


def _loss(loss: Loss) -> JsonObject:
    return {
        "path": loss.path,
        "reason": loss.reason,
        "count": loss.count,
        "counted": not loss.is_withheld,
    }
