"""Spoiled messages: what lines, programs and people do to good ones, from a seed."""

import random
import re
from collections.abc import Callable, Mapping

Mutation = Callable[[bytes, random.Random], bytes]


def flip_bits(data: bytes, chance: random.Random) -> bytes:
    """Turn over some bits."""
    spoiled = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
    return bytes(spoiled)


def cut_off(data: bytes, chance: random.Random) -> bytes:
    """Keep the beginning only."""
    return data[: chance.randrange(len(data))]


def lose_the_beginning(data: bytes, chance: random.Random) -> bytes:
    """Keep the end only."""
    return data[chance.randrange(len(data)) :]


def mix_line_ends(data: bytes, chance: random.Random) -> bytes:
    """End lines in any way there is, also within fields."""
    ends = (b"\r", b"\n", b"\r\n", b"\r\r", b"\n\r", b"\0\r", b"\x85")
    lines = data.split(b"\r")
    joined = b"".join(line + chance.choice(ends) for line in lines)
    at = chance.randrange(len(joined))
    return joined[:at] + chance.choice(ends) + joined[at:]


def change_encoding_characters(data: bytes, chance: random.Random) -> bytes:
    """Declare none to six encoding characters, any ones."""
    characters = bytes(chance.choice(b"^~\\&#|\r\nA1\x1c\x00\xff") for _ in range(6))
    return data[:4] + characters[: chance.randrange(7)] + data[data.find(b"|", 4) :]


def change_character_set(data: bytes, chance: random.Random) -> bytes:
    """Declare any character set, or write in another one."""
    if chance.random() < 0.5:
        return data.decode("latin-1").encode(chance.choice(("utf-16", "utf-32", "utf-7", "cp037")))
    name = chance.choice((b"UNICODE UTF-16", b"8859/99", b"ISO IR87", b"BIG-5", b"\xff", b"~~~"))
    return re.sub(rb"(\|P\|[\d.]+)", rb"\1||||||" + name, data, count=1)


def repeat_deeply(data: bytes, chance: random.Random) -> bytes:
    """Repeat a field or its parts very often."""
    at = data.find(b"|", chance.randrange(len(data))) + 1
    mark = chance.choice((b"~", b"^", b"&", b"|", b"\\", b"^~&", b"\\T\\", b"\rOBX|"))
    return data[:at] + mark * chance.randint(1, 20_000) + data[at:]


def insert_frame_bytes(data: bytes, chance: random.Random) -> bytes:
    """Put start, end and control bytes into the text."""
    spoiled = data
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(spoiled) + 1)
        byte = chance.choice((b"\x0b", b"\x1c", b"\x1c\r", b"\0", b"\x1a", b"\x0bMSH|", b"\x06"))
        spoiled = spoiled[:at] + byte + spoiled[at:]
    return spoiled


def shuffle_segments(data: bytes, chance: random.Random) -> bytes:
    """Put segments in another order, drop some, double some."""
    lines = data.rstrip(b"\r").split(b"\r")
    chosen = [chance.choice(lines) for _ in lines]
    return b"\r".join([lines[0], *chosen] if chance.random() < 0.8 else chosen) + b"\r"


def replace_a_value(data: bytes, chance: random.Random) -> bytes:
    """Replace a field by something no one expects there."""
    values = (
        b"9" * 400, b"-1", b'""', b"99999999999999", b"NaN", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80",
        b"' OR 1=1 --", b"<script>", b"\\X00\\", b"\\X\\", b"%s%n", b"20261399", b"^^^^^^", b"\x7f",
        b"A" * 100_000, b"1e9999", b"../../etc", b"${x}", b"\\Zzz\\",
    )  # fmt: skip
    parts = data.split(b"|")
    parts[chance.randrange(min(3, len(parts)), len(parts)) if len(parts) > 3 else 0] = (
        chance.choice(values)
    )
    return b"|".join(parts)


def change_the_header(data: bytes, chance: random.Random) -> bytes:
    """Change type, version, processing id or wanted acknowledgments."""
    fields = data.split(b"|", 17)
    if len(fields) < 12:
        return data
    number = chance.choice((2, 3, 8, 9, 10, 11))
    fields[number] = chance.choice(
        (b"", b"ACK", b"ADT^A01", b"ORU^R01", b"QRY^Z99", b"9.9", b"T", b"^^^", b"MSH", b"\\F\\")
    )
    return b"|".join(fields)


MUTATIONS: Mapping[str, Mutation] = {
    one.__name__: one
    for one in (
        flip_bits,
        cut_off,
        lose_the_beginning,
        mix_line_ends,
        change_encoding_characters,
        change_character_set,
        repeat_deeply,
        insert_frame_bytes,
        shuffle_segments,
        replace_a_value,
        change_the_header,
    )
}


def mutate(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Return the name of one or two mutations, and what they made of a message."""
    names = chance.sample(sorted(MUTATIONS), chance.choice((1, 1, 2)))
    for name in names:
        data = MUTATIONS[name](data, chance) or b"|"
    return "+".join(names), data
