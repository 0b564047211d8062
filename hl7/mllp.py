"""The frames of the Minimal Lower Layer Protocol: 0x0B, a message, 0x1C 0x0D (release 1).

Release 2 frames the same, and answers each block by one whose content is 0x06 or 0x15.

Pure: bytes in, frames out, whatever the chunks. Bytes between frames are counted and skipped; a
frame beyond the size limit is skipped to its end and reported with its first bytes; a frame that
was never ended before the next one began is reported as truncated.
"""

from dataclasses import dataclass, field
from typing import Literal

START = 0x0B
END = 0x1C
DEFAULT_LIMIT = 20 * 1024 * 1024
KEPT = 64 * 1024
ACK_BLOCK = b"\x06"
NAK_BLOCK = b"\x15"
"""Contents of the commit blocks of release 2: the message before is safely kept, or is not."""

_RESTART = b"\x0bMSH"
_BETWEEN = b"\r\n\0"

Fault = Literal["", "oversize", "truncated"]


@dataclass(frozen=True, slots=True)
class Frame:
    """The content of one frame. With a `fault` the data are only the first bytes of it."""

    data: bytes
    fault: Fault = ""


def encode_frame(message: bytes) -> bytes:
    """Return the message framed."""
    return b"\x0b" + message + b"\x1c\r"


@dataclass(slots=True)
class FrameDecoder:
    """Frames out of a stream of bytes. `junk` counts bytes that belonged to no frame."""

    limit: int = DEFAULT_LIMIT
    junk: int = 0
    _buffer: bytearray = field(default_factory=bytearray)
    _inside: bool = False
    _oversize: bool = False
    _searched: int = 0

    @property
    def is_inside(self) -> bool:
        """Say whether a frame has begun and not ended."""
        return self._inside

    @property
    def has_header(self) -> bool:
        """Say whether the first segment of the begun frame has arrived whole."""
        return self._oversize or b"\r" in self._buffer or b"\n" in self._buffer

    @property
    def size(self) -> int:
        """How many bytes of a begun frame are held."""
        return len(self._buffer)

    @property
    def begun(self) -> bytes:
        """The first bytes of a begun frame."""
        return bytes(self._buffer[:KEPT])

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take bytes; return the frames they complete, in order."""
        self._buffer += chunk
        frames: list[Frame] = []
        while self._enter() and self._find_end(frames):
            pass
        return frames

    def _enter(self) -> bool:
        """Skip to the start of a frame; say whether there is one."""
        if self._inside:
            return True
        start = self._buffer.find(START)
        skipped = self._buffer if start < 0 else self._buffer[:start]
        self.junk += len(skipped.translate(None, _BETWEEN))
        del self._buffer[: len(skipped) + (start >= 0)]
        self._inside = start >= 0
        self._searched = 0
        return self._inside

    def _find_end(self, frames: list[Frame]) -> bool:
        """Take the frame out of the buffer if its end is there; keep memory within the limit."""
        end = self._buffer.find(END, self._searched)
        size = len(self._buffer) if end < 0 else end
        if size > self.limit and not self._oversize:
            self._oversize = True
            frames.append(Frame(bytes(self._buffer[: min(KEPT, self.limit)]), "oversize"))
        if end < 0:
            if self._oversize:
                self._buffer.clear()
            self._searched = len(self._buffer)
            return False
        if not self._oversize:
            frames += _frames(self._content(end))
        del self._buffer[: end + 1]
        self._inside = self._oversize = False
        return True

    def _content(self, end: int) -> bytes:
        """Return the frame, copied once: it may be large."""
        with memoryview(self._buffer) as view:
            return bytes(view[:end])


def _frames(content: bytes) -> list[Frame]:
    """Split content in which another frame began before the end of the first."""
    if _RESTART not in content:
        return [Frame(content)]
    *truncated, last = content.split(_RESTART)
    starts = [truncated[0], *(b"MSH" + part for part in truncated[1:])]
    return [*(Frame(part[:KEPT], "truncated") for part in starts), Frame(b"MSH" + last)]
