"""What a rule looks at: one loop with its segments by id, what is under and above it."""

from collections.abc import Iterator, Sequence

from mappers.x12.lexer import Segment
from mappers.x12.rules.scene import Scene
from mappers.x12.tree import LoopNode


class View:
    """One occurrence of a loop, indexed when asked. `given` names loops under it not kept.

    `service`, `procedure`, `days` and `diagnoses` are kept by the functions of `claim` and
    `health_code` that find them, as many rules ask.
    """

    __slots__ = (
        "_children",
        "_loops",
        "_segments",
        "above",
        "days",
        "diagnoses",
        "given",
        "id",
        "node",
        "procedure",
        "scene",
        "service",
    )

    def __init__(
        self,
        node: LoopNode,
        scene: Scene,
        above: "View | None" = None,
        given: frozenset[str] = frozenset(),
    ) -> None:
        self.node = node
        self.id = node.id
        self.scene = scene
        self.above = above
        self.given = given
        self._segments: dict[str, list[Segment]] | None = None
        self._loops: dict[str, list[View]] | None = None
        self._children = 0
        self.service: tuple[Segment | None] | None = None
        self.procedure: tuple[str, tuple[str, ...]] | None = None
        self.days: tuple[str, str] | None = None
        self.diagnoses: list[tuple[Segment, int]] | None = None

    @property
    def opening(self) -> Segment:
        """The segment that opened the loop."""
        return self.node.segments[0]

    @property
    def segments(self) -> dict[str, list[Segment]]:
        """The own segments, by id."""
        segments = self._segments
        if segments is None:
            self._segments = segments = {}
            for segment in self.node.segments:
                segments.setdefault(segment[0], []).append(segment)
        return segments

    @property
    def loops(self) -> dict[str, list["View"]]:
        """The loops directly under this one, by id."""
        loops = self._loops
        if loops is None or self._children != len(self.node.children):
            self._loops = loops = {}
            self._children = len(self.node.children)
            for node in self.node.children:
                loops.setdefault(node.id, []).append(View(node, self.scene, self))
        return loops

    def forget(self) -> None:
        """Let go of the views under this one, which hold it in turn."""
        self._loops = None

    @property
    def unit_number(self) -> str:
        """The business number of the claim or payment the loop belongs to; empty outside one."""
        view: View | None = self
        while view is not None:
            opening = view.node.segments[0] if view.node.segments else None
            if opening is not None and opening.id in {"CLM", "CLP"}:
                return opening.element(1)
            view = view.above
        return ""

    def every(self, id: str) -> Sequence[Segment]:
        """Return the own segments `id`."""
        return self.segments.get(id, ())

    def first(self, id: str, *qualifiers: str) -> Segment | None:
        """Return the first own segment `id` whose element 01 is one of `qualifiers` (if given)."""
        for segment in self.node.segments:
            if segment[0] == id and (not qualifiers or segment.element(1) in qualifiers):
                return segment
        return None

    def each(self, id: str) -> Sequence["View"]:
        """Return the loops `id` directly under this one."""
        return self.loops.get(id, ()) if self.node.children else ()

    def child(self, id: str) -> "View | None":
        """Return the first loop `id` directly under this one."""
        found = self.each(id)
        return found[0] if found else None

    def has(self, id: str) -> bool:
        """Tell whether a loop `id` stands under this one, kept or not."""
        return id in self.given or bool(self.each(id))

    def up(self, id: str) -> "View | None":
        """Return the loop `id` this one stands in."""
        view = self.above
        while view is not None and view.id != id:
            view = view.above
        return view

    def loop_of(self, segment: Segment) -> str:
        """Return the id of the loop a segment stands in: this one, one under it or one above."""
        above: View | None = self
        while above is not None:
            views = (above,) if above is not self else above.walk()
            found = (one.id for one in views if any(each is segment for each in one.node.segments))
            id = next(found, "")
            if id:
                return id
            above = above.above
        return self.id

    def walk(self) -> Iterator["View"]:
        """Yield this loop and all loops under it, in the order of the file, by kind of loop."""
        yield self
        if self.node.children:
            for views in self.loops.values():
                for view in views:
                    yield from view.walk()
