"""MLLP client: send a message and wait for the acknowledgment that names it.

An answer is matched by MSA-2 to the MSH-10 sent; a late answer to an earlier message is passed
over. After a time-out the outcome is unknown and the connection is closed, so that the answer
can never be taken for that of a later message: send the same message again.
"""

import socket
import ssl
import time
from types import TracebackType

from hl7.acknowledgment import Receipt, read_receipt
from hl7.message import NotHl7, parse
from hl7.mllp import FrameDecoder, encode_frame

READ_BYTES = 64 * 1024


class NoAnswer(ConnectionError):
    """No acknowledgment of the message came in time: whether it was taken is unknown."""


class MllpClient:
    """One connection to a receiver. `timeout` is seconds for connecting and for each answer."""

    def __init__(
        self, host: str, port: int, timeout: float = 30, tls: ssl.SSLContext | None = None
    ) -> None:
        connection = socket.create_connection((host, port), timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = tls.wrap_socket(connection, server_hostname=host) if tls else connection
        self._timeout = timeout
        self._decoder = FrameDecoder()

    def __enter__(self) -> "MllpClient":
        """Return the open connection."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def send(self, message: bytes) -> tuple[Receipt, bytes]:
        """Send one message; return what its acknowledgment says, and the acknowledgment.

        Raises NotHl7 when the message has no header, NoAnswer when nothing that names it came.
        """
        control_id = parse(message).control_id
        deadline = time.monotonic() + self._timeout
        try:
            self._socket.settimeout(self._timeout)
            self._socket.sendall(encode_frame(message))
            while True:
                found = self._matching(self._receive(deadline), control_id)
                if found is not None:
                    return found
        except (TimeoutError, ConnectionError) as error:
            self.close()
            raise NoAnswer("no acknowledgment came; the outcome is unknown") from error

    def _receive(self, deadline: float) -> bytes:
        self._socket.settimeout(max(0.001, deadline - time.monotonic()))
        chunk = self._socket.recv(READ_BYTES)
        if not chunk:
            raise ConnectionResetError("the receiver closed the connection")
        return chunk

    def _matching(self, chunk: bytes, control_id: str) -> tuple[Receipt, bytes] | None:
        """Return the first answer that names the message, or names none."""
        for frame in self._decoder.feed(chunk):
            try:
                receipt = read_receipt(frame.data)
            except NotHl7:
                continue
            if receipt.control_id in {control_id, ""}:
                return receipt, frame.data
        return None


def send(
    host: str,
    port: int,
    message: bytes,
    timeout: float = 30,
    tls: ssl.SSLContext | None = None,
) -> tuple[Receipt, bytes]:
    """Connect, send one message and close; see `MllpClient.send`."""
    with MllpClient(host, port, timeout, tls) as client:
        return client.send(message)
