"""A loop map as Markdown: one row an element, as it is read and written."""

from collections.abc import Iterator, Mapping

from mappers.fhir_x12.health_code import ClaimKind, HealthCode
from mappers.fhir_x12.segment import Either, Field, Fixed, LoopMap, Pair, Segment

_HEAD = "| element | FHIR | transformation | note |\n|---|---|---|---|"


def describe_loop(loop: LoopMap) -> str:
    """Return the loop as a Markdown section: a table for each segment."""
    parts = [f"## {loop.id}: {loop.subject}"]
    parts += [loop.note] if loop.note else []
    for one in loop.segments:
        parts.append(_pair(one) if isinstance(one, Pair) else _segment(one))
    return "\n\n".join(parts) + "\n"


def describe_codes(kinds: Mapping[ClaimKind, tuple[HealthCode, ...]]) -> str:
    """Return the kinds of HI as Markdown: a table for each type of claim."""
    parts = []
    for name, rows in kinds.items():
        lines = ["| qualifier | FHIR | of type or category | most | beside the code |"]
        lines += ["|---|---|---|---|---|"]
        lines += [
            _row(" ".join(one.qualifiers), _TARGETS[one.target], one.type, str(one.most), one.shape)
            for one in rows
        ]
        parts.append(f"## HI of a claim of type {name}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


_TARGETS = {
    "diagnosis": "Claim.diagnosis",
    "procedure": "Claim.procedure",
    "information": "Claim.supportingInfo",
}


def _pair(pair: Pair) -> str:
    return f"### {pair.id}\n\n{pair.means}." + (f" {pair.note}" if pair.note else "")


def _segment(segment: Segment) -> str:
    told = [segment.note[:1].upper() + segment.note[1:]] if segment.note else []
    told += ["Always written."] if segment.needed else []
    told += [f"One for each `{segment.each}`."] if segment.each else []
    told += [f"Of {segment.of}s."] if segment.of else []
    lines = [line for row in segment.rows for line in _lines(row)]
    words = " ".join(one if one.endswith(".") else f"{one}." for one in told)
    return "\n\n".join(
        part for part in (f"### {segment.id}", words, "\n".join([_HEAD, *lines])) if part
    )


def _lines(row: Field | Fixed | Either) -> Iterator[str]:
    if isinstance(row, Fixed):
        note = f"beside {row.beside}" if row.beside else ""
        yield _row(row.place, " or ".join(f'"{one}"' for one in row.codes), "fixed", note)
    elif isinstance(row, Field):
        place = f"{row.place} (required)" if row.required else row.place
        note = f'"{row.default}" by default. {row.note}' if row.default else row.note
        yield _row(place, ", else ".join(f"`{one}`" for one in row.paths), row.form, note.strip())
    else:
        place = f"{row.place} (required)" if row.required else row.place
        for one in row.choices:
            note = f"{row.kind} {one.qualifier}"
            yield _row(place, f"`{one.path}`", one.form, note)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
