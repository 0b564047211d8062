"""The X12 codec: read leniently, judge by tables, write strictly. Knows no FHIR.

`reader.read` gives the loop trees and graded findings of any input; `writer.write` gives the bytes
of an interchange; `check` and `explain` judge and render a file; `acknowledgments` answers it.
"""
