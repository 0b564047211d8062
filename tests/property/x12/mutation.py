"""Files spoiled on purpose: the examples of every guide, changed in a few places by a seed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parents[2] / "golden" / "x12" / "guides"
EXAMPLES = tuple(one.read_bytes() for one in sorted(FOLDER.iterdir()))
_MARKS = b"*:^~\n\r>|"
_VERSIONS = (b"005010X222A1", b"005010X223A2", b"005010X279A1", b"005010X217", b"005010X210")
Change = Callable[[bytes, Random], bytes]


def spoiled(seed: int) -> bytes:
    """Return an example with one to four changes."""
    return _spoiled(Random(seed), EXAMPLES, CHANGES)


def spoiled_small(seed: int, files: Sequence[bytes]) -> bytes:
    """Return one of some small files with one to four changes that leave its separators."""
    return _spoiled(Random(seed), files, KEEPING)


def _spoiled(dice: Random, files: Sequence[bytes], changes: Sequence[Change]) -> bytes:
    data = dice.choice(files)
    for _ in range(dice.randint(1, 4)):
        data = dice.choice(changes)(data, dice)
    return data


def _span(data: bytes, dice: Random, most: int = 40) -> tuple[int, int]:
    at = dice.randint(0, len(data))
    return at, min(len(data), at + dice.randint(0, most))


def _cut(data: bytes, dice: Random) -> bytes:
    at, until = _span(data, dice)
    return data[:at] + data[until:]


def _double(data: bytes, dice: Random) -> bytes:
    at, until = _span(data, dice)
    return data[:until] + data[at:until] + data[until:]


def _noise(data: bytes, dice: Random) -> bytes:
    at, until = _span(data, dice, 6)
    return data[:at] + dice.randbytes(dice.randint(0, 6)) + data[until:]


def _mark(data: bytes, dice: Random) -> bytes:
    at = dice.randint(0, len(data))
    return data[:at] + bytes([dice.choice(_MARKS)]) + data[at:]


def _truncate(data: bytes, dice: Random) -> bytes:
    return data[: dice.randint(0, len(data))]


def _behead(data: bytes, dice: Random) -> bytes:
    return data[dice.randint(0, min(len(data), 300)) :]


def _segments(change: Callable[[list[bytes], Random], None]) -> Change:
    """Return a change of the segments of a file."""

    def changed(data: bytes, dice: Random) -> bytes:
        parts = data.split(b"~")
        if len(parts) > 2:
            change(parts, dice)
        return b"~".join(parts)

    return changed


def _drop(parts: list[bytes], dice: Random) -> None:
    del parts[dice.randrange(len(parts))]


def _repeat(parts: list[bytes], dice: Random) -> None:
    parts.insert(dice.randrange(len(parts)), dice.choice(parts))


def _swap(parts: list[bytes], dice: Random) -> None:
    one, other = dice.randrange(len(parts)), dice.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]


def _foreign(parts: list[bytes], dice: Random) -> None:
    parts.insert(dice.randrange(len(parts)), dice.choice(dice.choice(EXAMPLES).split(b"~")))


def _element(parts: list[bytes], dice: Random) -> None:
    at = dice.randrange(len(parts))
    elements = parts[at].split(b"*")
    values = (b"", b"0", b"-1", b"9" * 40, b"A" * 300, b"\xff\x00", b"20260230", b"1:2:3^4", b"ZZ")
    elements[dice.randrange(len(elements))] = dice.choice(values)
    parts[at] = b"*".join(elements)


def _shorten(parts: list[bytes], dice: Random) -> None:
    at = dice.randrange(len(parts))
    elements = parts[at].split(b"*")
    parts[at] = b"*".join(elements[: dice.randint(1, len(elements))])


def _version(data: bytes, dice: Random) -> bytes:
    old, new = dice.choice(_VERSIONS), dice.choice(_VERSIONS)
    return data.replace(old, new, dice.randint(1, 2))


def _terminator(data: bytes, dice: Random) -> bytes:
    return data.replace(b"~", dice.choice((b"\n", b"\r\n", b"'", b"\x1c", b"*", b"A", b"")))


def _separator(data: bytes, dice: Random) -> bytes:
    return data.replace(dice.choice((b"*", b":", b"^")), dice.choice((b"|", b">", b"~", b"!")))


def _join(data: bytes, dice: Random) -> bytes:
    return data + dice.choice((b"", b"\r\n", b"\x00", b"~")) + dice.choice(EXAMPLES)


def _mark_order(data: bytes, _: Random) -> bytes:
    return b"\xef\xbb\xbf" + data


CHANGES: tuple[Change, ...] = (
    _cut,
    _double,
    _noise,
    _mark,
    _truncate,
    _behead,
    _segments(_drop),
    _segments(_repeat),
    _segments(_swap),
    _segments(_foreign),
    _segments(_element),
    _segments(_element),
    _segments(_shorten),
    _version,
    _terminator,
    _separator,
    _join,
    _mark_order,
)
KEEPING = tuple(
    one for one in CHANGES if one not in {_terminator, _separator, _behead, _mark_order}
)
