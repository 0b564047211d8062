r"""HL7 v2 text from its parts: segments of fields, repetitions, components, subcomponents.

Every leaf is escaped once; what is empty at the end of a field or a segment is left out (v2.5.1
chapter 2.6). Lines of a text become `\.br\`.
"""

from collections.abc import Iterable, Mapping, Sequence

from hl7.escape import Encoding, encode

Repetition = Sequence[Sequence[str]]
"""Components of subcomponents, decoded."""
Fields = Mapping[int, Sequence[Repetition]]
HEADER = "MSH"
STANDARD = Encoding()


def compose(segments: Iterable[tuple[str, Fields]], encoding: Encoding = STANDARD) -> bytes:
    """Return the message: each segment ends with CR. MSH-1 and MSH-2 come of the encoding.

    Raises UnicodeEncodeError where the encoding's character set cannot hold a text.
    """
    lines = [_segment(id, fields, encoding) for id, fields in segments]
    return "".join(f"{line}\r" for line in lines).encode(encoding.charset)


def _segment(id: str, fields: Fields, encoding: Encoding) -> str:
    start = 3 if id == HEADER else 1
    last = max(fields, default=0)
    texts = [_field(fields.get(number, ()), encoding) for number in range(start, last + 1)]
    while texts and not texts[-1]:
        del texts[-1]
    head = [id, encoding.characters] if id == HEADER else [id]
    return encoding.field.join([*head, *texts])


def _field(repetitions: Sequence[Repetition], encoding: Encoding) -> str:
    return encoding.repetition.join(_repetition(one, encoding) for one in repetitions)


def _repetition(components: Repetition, encoding: Encoding) -> str:
    texts = [
        _joined([encode(leaf, encoding) for leaf in leaves], encoding.subcomponent)
        for leaves in components
    ]
    return _joined(texts, encoding.component)


def _joined(texts: Sequence[str], separator: str) -> str:
    return separator.join(texts).rstrip(separator)
