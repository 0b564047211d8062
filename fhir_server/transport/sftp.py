"""A partner's SSH server: files put into one folder and taken from another.

A file is uploaded under a hidden temporary name and renamed when it is whole. The server must show
the key that is pinned in the partner's data; another one, or none, is never accepted. What was
kept here is deleted there.
"""

import stat
from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Iterator
from io import StringIO
from typing import TypeVar

import paramiko
from paramiko.pkey import UnknownKeyType

from fhir_server.model.transport import Sftp
from fhir_server.settings import Settings
from fhir_server.transport.failure import NoConversation, NotReached, NotTaken, NotTrusted
from fhir_server.transport.port import Arrival
from fhir_server.transport.tls import secret

T = TypeVar("T")
UNFINISHED = (".part", ".tmp", ".filepart", ".uploading")
"""Endings of the names of files that the partner is still writing."""
KEYS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


class SftpTransport:
    """One partner's folders; connects at the first call and stays connected until closed."""

    is_local = False
    reply = b""

    def __init__(self, data: Sftp, settings: Settings) -> None:
        self._data = data
        self._settings = settings
        self._client: paramiko.SSHClient | None = None
        self._sftp: paramiko.SFTPClient | None = None

    def stage(self, name: str, data: bytes) -> None:
        """Upload a file under its temporary name, replacing one cut short."""

        def upload(sftp: paramiko.SFTPClient) -> None:
            with sftp.open(self._temporary(name), "wb") as file:
                file.set_pipelined()
                file.write(data)
            if sftp.stat(self._temporary(name)).st_size != len(data):
                raise NotReached("the partner's server did not keep the whole file")

        self._do(upload)

    def release(self, name: str, data: bytes) -> bool:
        """Rename an uploaded file to its own name."""
        del data

        def rename(sftp: paramiko.SFTPClient) -> bool:
            try:
                sftp.stat(self._temporary(name))
            except FileNotFoundError:
                return False
            sftp.posix_rename(self._temporary(name), f"{self._data.outbox}/{name}")
            return True

        return self._do(rename)

    def arrivals(self, most: int) -> Iterator[Arrival]:
        """Yield the whole files of the inbox, oldest first."""
        found = self._do(lambda sftp: sftp.listdir_attr(self._data.inbox))
        whole = [
            one
            for one in found
            if stat.S_ISREG(one.st_mode or stat.S_IFREG)
            and not one.filename.startswith(".")
            and not one.filename.endswith(UNFINISHED)
        ]
        whole.sort(key=lambda one: (one.st_mtime or 0, one.filename))
        for one in whole[:most]:
            yield Arrival(one.filename, f"{self._data.inbox}/{one.filename}")

    def fetch(self, arrival: Arrival) -> bytes | None:
        """Return the bytes of a file."""

        def download(sftp: paramiko.SFTPClient) -> bytes | None:
            try:
                with sftp.open(arrival.place, "rb") as file:
                    file.prefetch()
                    return file.read()
            except FileNotFoundError:
                return None

        return self._do(download)

    def settle(self, arrival: Arrival) -> None:
        """Delete a file."""

        def remove(sftp: paramiko.SFTPClient) -> None:
            try:
                sftp.remove(arrival.place)
            except FileNotFoundError:
                return

        self._do(remove)

    def ask(self, data: bytes, key: str, timeout: float) -> bytes:
        """Refuse: nobody answers in a folder while we wait. Raises NoConversation."""
        del data, key, timeout
        raise NoConversation("the partner is reached by SFTP, which does not answer in real time")

    def test(self) -> str:
        """Log in and look into both folders."""
        counts = [
            len(self._do(lambda sftp, folder=folder: sftp.listdir(folder)))  # type: ignore[misc]
            for folder in (self._data.inbox, self._data.outbox)
        ]
        return f"logged in at {self._data.host}; inbox has {counts[0]} names, outbox {counts[1]}"

    def close(self) -> None:
        """End the connection."""
        if self._client is not None:
            self._client.close()
        self._client = self._sftp = None

    def _temporary(self, name: str) -> str:
        return f"{self._data.outbox}/.{name}.part"

    def _do(self, step: Callable[[paramiko.SFTPClient], T]) -> T:
        """Run a step on the connection, and say in our words why it fails."""
        try:
            return step(self._connected())
        except paramiko.BadHostKeyException:
            raise NotTrusted(
                "the partner's server shows another key than the one pinned (host_key): "
                "ask the partner whether it was changed"
            ) from None
        except paramiko.AuthenticationException:
            raise NotTrusted(
                "the partner's server does not let us in: look at username, key and password"
            ) from None
        except FileNotFoundError:
            raise NotTaken(
                "the partner's server has no such folder: look at inbox, outbox"
            ) from None
        except PermissionError:
            raise NotTaken("the partner's server permits this not to us in its folder") from None
        except (paramiko.SSHException, OSError, EOFError) as error:
            self.close()
            raise NotReached(f"the partner cannot be reached: {type(error).__name__}") from None

    def _connected(self) -> paramiko.SFTPClient:
        if self._sftp is not None:
            return self._sftp
        data, seconds = self._data, self._data.timeout
        client = self._client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        pinned = _host_key(data.host_key)
        name = data.host if data.port == 22 else f"[{data.host}]:{data.port}"
        client.get_host_keys().add(name, pinned.get_name(), pinned)
        password = secret(data.password, self._settings).decode() if data.password else None
        client.connect(
            data.host,
            data.port,
            data.username,
            password=password,
            pkey=_private_key(secret(data.key, self._settings)) if data.key else None,
            timeout=seconds,
            banner_timeout=seconds,
            auth_timeout=seconds,
            channel_timeout=seconds,
            allow_agent=False,
            look_for_keys=False,
        )
        self._sftp = client.open_sftp()
        channel = self._sftp.get_channel()
        if channel is not None:
            channel.settimeout(seconds)
        return self._sftp


def _host_key(text: str) -> paramiko.PKey:
    """Return the key of `ssh-ed25519 AAAA...`, as a line of known_hosts has it."""
    try:
        kind, encoded = text.split()[:2]
        return paramiko.PKey.from_type_string(kind, b64decode(encoded, validate=True))
    except (ValueError, Error, paramiko.SSHException, UnknownKeyType):
        raise NotTrusted("the partner's host_key is not written as in known_hosts") from None


def _private_key(data: bytes) -> paramiko.PKey:
    """Return our private key out of a PEM or OpenSSH file without a passphrase."""
    for kind in KEYS:
        try:
            return kind.from_private_key(StringIO(data.decode("ascii")))
        except (paramiko.SSHException, ValueError, UnicodeDecodeError):
            continue
    raise NotTrusted("the private key for the partner is no OpenSSH or PEM key without passphrase")
