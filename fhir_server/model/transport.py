"""How a partner is reached, as data: one kind of transport each, credentials by reference.

`key`, `password`, `token` and the like hold `env:NAME` or `file:NAME`, see `settings.secret`.
"""

import msgspec


class Directory(msgspec.Struct, frozen=True, tag_field="kind", tag="directory"):
    """Folders below the data folder: what is sent is put in outbox, what comes in is in inbox."""

    inbox: str
    outbox: str


class Sftp(msgspec.Struct, frozen=True, tag_field="kind", tag="sftp"):
    """Folders of an SSH server, which is known by its key (`ssh-ed25519 AAAA...`).

    We are known to it by the private key or else the password that `key` and `password` name.
    """

    host: str
    username: str
    host_key: str
    inbox: str
    outbox: str
    port: int = 22
    key: str = ""
    password: str = ""
    timeout: int = 20
    poll_seconds: int = 60


class Https(msgspec.Struct, frozen=True, tag_field="kind", tag="https"):
    """Addresses of an HTTPS server: `deliver` takes files, `collect` hands out, `ask` answers.

    An empty address means that it does not do that. We are known to it by the token or by the
    client certificate and key that are named; `authority` names the certificates by which it is
    known, where the operating system's do not serve.
    """

    deliver: str = ""
    collect: str = ""
    ask: str = ""
    token: str = ""
    certificate: str = ""
    key: str = ""
    authority: str = ""
    timeout: int = 20
    poll_seconds: int = 60


class Memory(msgspec.Struct, frozen=True, tag_field="kind", tag="memory"):
    """A partner within this process, by name: for tests and for trying things out."""

    name: str


Transport = Directory | Sftp | Https | Memory
