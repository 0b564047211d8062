"""Loop maps made into functions once: subject to segments, and segments into a subject."""

from collections.abc import Sequence

from mappers.fhir_x12.element import ElementRun, Lack, element_runs, places
from mappers.fhir_x12.fill import added
from mappers.fhir_x12.locate import every, roots
from mappers.fhir_x12.segment import Either, Fixed, LoopMap, Notes, Pair, Segment
from mappers.fhir_x12.step import steps
from mappers.path import JsonObject, element
from mappers.x12.lexer import Segment as ReadSegment
from mappers.x12.tree import Seg, Value

_PERSONS = frozenset({"Patient", "Practitioner", "RelatedPerson", "Person"})


def is_person(subject: JsonObject) -> bool:
    """Tell whether a party is a person: by its type, else by the form of its name."""
    kind = subject.get("resourceType")
    return kind in _PERSONS or (kind is None and isinstance(subject.get("name"), list))


class SegmentRun:
    """One segment, both ways."""

    def __init__(self, spec: Segment) -> None:
        self.spec = spec
        self._elements: tuple[ElementRun, ...] = element_runs(spec)
        self._rows = [(roots(one.paths), one.is_idle, one) for one in self._elements]
        self._each = steps(spec.each)[0] if spec.each else None
        paths = (spec.each,) if spec.each else tuple(p for e in self._elements for p in e.paths)
        self.roots = roots(paths)
        fixed = [(element(row.place), row) for row in spec.rows if isinstance(row, Fixed)]
        places_ = [element(place) for one in self._elements for place in one.places]
        places_ += [place for place, _ in fixed]
        self._composites = {number for _, number, part in places_ if part}
        self._tests: list[tuple[int, int, tuple[str, ...], bool]] = []
        if not fixed:  # the segment is told by the qualifier of its value
            kinds = [(element(one.kind), one) for one in spec.rows if isinstance(one, Either)]
            self._tests = [
                (number, part, tuple(way.qualifier for way in one.choices), False)
                for (_, number, part), one in kinds
            ]
        self._template: list[Value] = [None] * max(number for _, number, _ in places_)
        self._parts: dict[int, dict[int, str]] = {}
        self._beside: list[tuple[int, str, int]] = []
        self._allowed: dict[int, tuple[str, ...]] = {}
        told = {place for one in self._elements for place in one.places}
        for (_, number, part), row in fixed:
            self._tests.append((number, part, row.codes, bool(row.beside)))
            if part:  # a component is written beside any other of its composite
                self._parts.setdefault(number, {})[part] = row.codes[0]
            elif row.place in told:
                self._allowed[number] = row.codes
            elif row.beside:
                self._beside.append((number - 1, row.codes[0], element(row.beside)[1] - 1))
            else:
                self._template[number - 1] = row.codes[0]

    def write(self, subject: JsonObject, notes: Notes, into: list[Seg]) -> None:
        """Add the segments of the subject."""
        spec = self.spec
        if spec.of and (spec.of == "person") != is_person(subject):
            return
        if self._each is None:
            self._write_one(subject, notes, into)
            return
        for item in every(subject, self._each):
            self._write_one(item, notes, into)

    def _write_one(self, subject: JsonObject, notes: Notes, into: list[Seg]) -> None:
        values = self._template.copy()
        parts: dict[int, dict[int, str]] = {}
        lacking: list[tuple[ElementRun, Lack]] = []
        wrote = False
        told = subject.keys()  # asked so, only the few members of a row are looked up
        for members, is_idle, one in self._rows:
            if is_idle and told.isdisjoint(members):
                continue
            lack, is_told = one.write(subject, values, parts)
            wrote = wrote or is_told
            if lack is not None:
                lacking.append((one, lack))
        if not (wrote or self.spec.needed) or not self._is_own(values):
            return
        for one, lack in lacking:
            one.tell(notes, lack)
        for number in self._composites:
            if number in parts:
                values[number - 1] = _composite(parts[number] | self._parts.get(number, {}))
        for index, code, beside in self._beside:
            values[index] = code if values[beside] else None
        into.append(Seg(self.spec.id, tuple(values)))

    def _is_own(self, values: Sequence[Value]) -> bool:
        """Tell whether what was written at an element that is limited is one of its codes."""
        return all(values[number - 1] in codes for number, codes in self._allowed.items())

    def takes(self, read: ReadSegment, subject: JsonObject) -> bool:
        """Tell whether a segment that was read is this one."""
        if self.spec.of and (self.spec.of == "person") != is_person(subject):
            return False
        return all(
            (told := read.component(number, part) if part else read.element(number)) in codes
            or (may_lack and not told)
            for number, part, codes, may_lack in self._tests
        )

    def read(self, read: ReadSegment, subject: JsonObject) -> list[str]:
        """Put the values of a segment into the subject; return the places it could not take."""
        target = added(subject, self._each) if self._each else subject
        known = {(number, part) for number, part, _, _ in self._tests}
        for one in self._elements:
            known.update(one.read(read, target))
        found = places(read, self._composites)
        return [place for place, at in found if at not in known]


def _composite(parts: dict[int, str]) -> Value:
    return tuple(parts.get(at, "") for at in range(1, max(parts) + 1))


def _members(run: SegmentRun | Pair) -> frozenset[str] | None:
    """Return the members without any of which a segment is not written; None: it always may be."""
    return None if isinstance(run, Pair) or run.spec.needed else run.roots


class LoopRun:
    """The segments of one loop, both ways."""

    def __init__(self, spec: LoopMap) -> None:
        self.spec = spec
        self._runs: list[SegmentRun | Pair] = [
            SegmentRun(one) if isinstance(one, Segment) else one for one in spec.segments
        ]
        self._plan = [(_members(run), run) for run in self._runs]
        self._by_id: dict[str, list[SegmentRun | Pair]] = {}
        for run in self._runs:
            id = run.spec.id if isinstance(run, SegmentRun) else run.id
            self._by_id.setdefault(id, []).append(run)

    def knows(self, id: str) -> bool:
        """Tell whether the loop has segments of this id."""
        return id in self._by_id

    def write(self, subject: JsonObject, notes: Notes) -> list[Seg]:
        """Return the segments of the subject, in the order of the map."""
        segments: list[Seg] = []
        told = subject.keys()
        for members, run in self._plan:
            if members is not None and told.isdisjoint(members):
                continue
            if isinstance(run, SegmentRun):
                run.write(subject, notes, segments)
            else:
                segments += run.write(subject, notes)
        return segments

    def read(self, segments: Sequence[ReadSegment], subject: JsonObject) -> list[str]:
        """Take the segments into the subject; return the places that found no FHIR element."""
        lost: list[str] = []
        for one in segments:
            lost += [f"{self.spec.id} {place}" for place in self._read_one(one, subject)]
        return lost

    def _read_one(self, one: ReadSegment, subject: JsonObject) -> Sequence[str]:
        for run in self._by_id.get(one.id, ()):
            if isinstance(run, SegmentRun):
                if run.takes(one, subject):
                    return run.read(one, subject)
                continue
            left = run.read(one, subject)
            if left is not None:
                return left
        return [place for place, _ in places(one, ())]
