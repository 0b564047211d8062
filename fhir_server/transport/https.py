"""A partner's HTTPS server: files delivered and collected, questions answered in real time.

`deliver` takes a file by POST, with the name in Content-Disposition, and may answer with the TA1 or
999 to it; `ask` an interchange by POST and answers with one. Both carry an Idempotency-Key, the
hash of the bytes, by which the server knows one sent again; 409 says that it has it. `collect`
lists the files that wait as JSON (`{"files": [{"name", "href"}]}`); each is read by GET and put
away by DELETE. Redirects are not followed. Nothing is sent over plain HTTP but within this machine.
"""

import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import SplitResult, urljoin, urlsplit

from fhir_server.model.partner import Https
from fhir_server.settings import Settings
from fhir_server.transport.failure import NoAnswer, NoConversation, NotReached, NotTaken, NotTrusted
from fhir_server.transport.port import Arrival
from fhir_server.transport.tls import secret, tls_context

MOST_BYTES = 256_000_000
"""An answer larger than this is not read to its end."""
BLOCK = 65_536
EDI_X12 = "application/edi-x12"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    body: bytes


class HttpsTransport:
    """The addresses of one partner's server."""

    is_local = False

    def __init__(self, data: Https, settings: Settings) -> None:
        self._data = data
        self._settings = settings
        self.reply = b""

    def stage(self, name: str, data: bytes) -> None:
        """Do nothing: a file is let go in one step, known by its key. Raises NoConversation."""
        del name, data
        self._address("deliver")

    def release(self, name: str, data: bytes) -> bool:
        """Post a file; False when the server says that it has it."""
        headers = {"Content-Disposition": f'attachment; filename="{name}"'} | _about(data)
        url = self._address("deliver")
        self.reply = b""
        answer = self._call("POST", url, data, headers, self._data.timeout)
        is_new = answer.status != http.client.CONFLICT
        if is_new:
            _check(answer)
        self.reply = answer.body
        return is_new

    def arrivals(self, most: int) -> Iterator[Arrival]:
        """Yield what the server lists, in its order; nothing where it hands nothing out."""
        if not self._data.collect:
            return
        url = self._data.collect
        answer = self._call("GET", url, None, {"Accept": "application/json"}, self._data.timeout)
        _check(answer)
        for name, href in list(_listed(answer.body))[:most]:
            place = urljoin(url, href)
            if _origin(urlsplit(place)) != _origin(urlsplit(url)):
                raise NotTrusted("the partner lists a file at another server than its own")
            yield Arrival(name, place)

    def fetch(self, arrival: Arrival) -> bytes | None:
        """Return the bytes of a listed file."""
        answer = self._call("GET", arrival.place, None, {"Accept": "*/*"}, self._data.timeout)
        if answer.status in GONE:
            return None
        _check(answer)
        return answer.body

    def settle(self, arrival: Arrival) -> None:
        """Delete a listed file."""
        answer = self._call("DELETE", arrival.place, None, {}, self._data.timeout)
        if answer.status not in GONE:
            _check(answer)

    def ask(self, data: bytes, key: str, timeout: float) -> bytes:
        """Post an interchange and return the one that answers it."""
        headers = _about(data) | {"Idempotency-Key": key, "Accept": EDI_X12}
        answer = self._call("POST", self._address("ask"), data, headers, timeout)
        _check(answer)
        return answer.body

    def test(self) -> str:
        """Open a connection to each address, without a request: certificates and trust."""
        urls = [one for one in (self._data.deliver, self._data.collect, self._data.ask) if one]
        hosts = sorted({_origin(urlsplit(one)) for one in urls})
        for origin in hosts:
            connection = self._connection(urlsplit(origin), self._data.timeout)
            try:
                connection.connect()
            except OSError as error:
                raise _failed(error) from None
            finally:
                connection.close()
        return f"connected to {', '.join(hosts)}"

    def close(self) -> None:
        """Do nothing: each request has its own connection."""

    def _address(self, what: str) -> str:
        url = {"deliver": self._data.deliver, "ask": self._data.ask}[what]
        if not url:
            raise NoConversation(f"the partner's transport has no {what} address: add it")
        return url

    def _call(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        timeout: float,
    ) -> Answer:
        end = time.monotonic() + timeout
        parts = urlsplit(url)
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection = self._connection(parts, timeout)
        try:
            connection.request(method, target, body, {**headers, **self._authorization()})
            sock = connection.sock
            response = connection.getresponse()
            return Answer(response.status, _whole(response, sock, end))
        except TimeoutError:
            raise NoAnswer(f"the partner gave no answer within {timeout:g} seconds") from None
        except (OSError, http.client.HTTPException) as error:
            raise _failed(error) from None
        finally:
            connection.close()

    def _connection(self, parts: SplitResult, timeout: float) -> http.client.HTTPConnection:
        host = parts.hostname or ""
        if parts.scheme == "https":
            return http.client.HTTPSConnection(
                host, parts.port, timeout=timeout, context=tls_context(self._data, self._settings)
            )
        if parts.scheme == "http" and host in LOOPBACK:
            return http.client.HTTPConnection(host, parts.port, timeout=timeout)
        raise NotTrusted("the partner's address is not https")

    def _authorization(self) -> dict[str, str]:
        if not self._data.token:
            return {}
        return {
            "Authorization": f"Bearer {secret(self._data.token, self._settings).decode('latin-1')}"
        }


def _about(data: bytes) -> dict[str, str]:
    return {"Content-Type": EDI_X12, "Idempotency-Key": sha256(data).hexdigest()}


def _whole(response: http.client.HTTPResponse, sock: socket.socket, end: float) -> bytes:
    """Return the body of an answer, all of it before the end. Raises TimeoutError, NotTaken."""
    body = bytearray()
    while True:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if sock.fileno() >= 0:
            sock.settimeout(left)
        block = response.read1(BLOCK)
        if not block:
            if response.length:
                raise http.client.IncompleteRead(bytes(body), response.length)
            return bytes(body)
        body += block
        if len(body) > MOST_BYTES:
            raise NotTaken(f"the partner answers with more than {MOST_BYTES} bytes")


def _check(answer: Answer) -> None:
    """Raise the reason for which an answer is not what was asked for."""
    status = answer.status
    if status in {401, 403}:
        raise NotTrusted(f"the partner does not let us in (HTTP {status}): look at the credentials")
    if status in {408, 425, 429} or status >= 500:
        raise NotReached(f"the partner's server is not able to answer now (HTTP {status})")
    if not 200 <= status < 300:
        raise NotTaken(f"the partner refused what it was sent (HTTP {status})")


def _failed(error: Exception) -> NotReached | NotTrusted:
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotTrusted(f"the partner's certificate is not trusted: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        reason = re.sub(r"[^A-Za-z0-9 ]", " ", error.reason or "no reason given").lower()
        return NotTrusted(f"no TLS connection with the partner: {reason}")
    return NotReached(f"the partner cannot be reached: {type(error).__name__}")


def _listed(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield name and address of the files of a list. Raises NotTaken for what is no list."""
    try:
        told = json.loads(body)
        for one in told["files"]:
            yield str(one["name"])[:200], str(one["href"])
    except (ValueError, TypeError, KeyError):
        raise NotTaken("the partner's list of files is not one") from None


def _origin(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}"
