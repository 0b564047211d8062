"""NTE to the note of the resource that the segment before it became."""

from mappers.rule import Rule, Table

NOTE = Table(
    source="NTE",
    target="Annotation",
    rules=(
        Rule("NTE-4", "extension[]", using="note-type"),
        Rule("NTE-5", "authorReference", using="xcn"),
        Rule("NTE-6", "time", using="dateTime"),
        Rule("NTE-3*", "text", using="lines"),
    ),
    structural=("NTE-1", "NTE-2"),
    note="Following NTE segments are lines of one note; a note of a report is an extension.",
)
