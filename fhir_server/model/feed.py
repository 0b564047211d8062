"""A feed as data: one sender of HL7 v2 messages, how it is listened to, answered and mapped.

Nothing secret is in it: certificates and keys are named (`env:NAME`, `file:NAME`), see
`settings.secret`. MSH fields by the names of HL7 v2.5.1 chapter 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from mappers.codes import CodeMap, Row
from mappers.v2_fhir.codes import CODES
from mappers.v2_fhir.dialect import CodeTable, Dialect
from mappers.v2_fhir.feed import Feed


@dataclass(frozen=True, slots=True)
class Party:
    """An application and facility (MSH-3/4 or MSH-5/6, first components); empty means any."""

    application: str = ""
    facility: str = ""

    def is_met(self, application: str, facility: str) -> bool:
        """Tell whether a message names this party."""
        return self.application in {"", application} and self.facility in {"", facility}


@dataclass(frozen=True, slots=True)
class Listen:
    """The feed's own MLLP port and who may connect to it.

    Beyond loopback the port speaks TLS with `certificate` and `key`, unless `plain` says that the
    network itself is protected. `authority` asks peers for a certificate it has signed, `pins` are
    the only ones taken then: `sha256:<fingerprint>`, `CN=<name>` or `DNS:<name>`. `allow` are
    networks (CIDR), none meaning all. `release2` answers each frame with a commit block (MLLP
    release 2). Reading stops while `high_water` messages wait.
    """

    port: int
    host: str = "127.0.0.1"
    plain: bool = False
    certificate: str = ""
    key: str = ""
    authority: str = ""
    pins: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    release2: bool = False
    message_bytes: int = 20_000_000
    header_seconds: int = 10
    frame_seconds: int = 60
    idle_seconds: int = 900
    connections: int = 64
    high_water: int = 5000


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """When a message is acknowledged, and in which mode.

    `applied`: AA tells that its resources are stored; `persisted`: that the message is safe, and
    workers apply it. `mode`: as the message asks (MSH-15/16), or always one of the two.
    """

    after: Literal["applied", "persisted"] = "applied"
    mode: Literal["message", "original", "enhanced"] = "message"


@dataclass(frozen=True, slots=True)
class Failure:
    """What a message that fails does to the later ones of the same patient.

    It is tried `attempts` times and then parked; the others go on, marked, or are held with it.
    """

    attempts: int = 3
    followers: Literal["continue", "hold"] = "continue"


@dataclass(frozen=True, slots=True)
class FeedRecord:
    """One feed.

    `senders` and `receivers` are the only ones it takes, none meaning all. `processing` are the
    processing ids (MSH-11) it takes, none meaning all: training messages (T) are refused by a
    production feed. `versions` (MSH-12) likewise. `charset` (table 0211) holds where MSH-18 is
    empty, and with `overrides_charset` always. `joins_lines` takes a line that is no segment as
    the rest of the one before; without, such a message is refused. `retention_days` is how long
    texts are kept after they were applied; 0: always.
    """

    id: str
    name: str = ""
    senders: tuple[Party, ...] = ()
    receivers: tuple[Party, ...] = ()
    processing: tuple[str, ...] = ("P",)
    versions: tuple[str, ...] = ()
    charset: str = ""
    overrides_charset: bool = False
    joins_lines: bool = True
    time_zone: str = "UTC"
    listen: Listen | None = None
    acknowledgment: Acknowledgment = field(default_factory=Acknowledgment)
    failure: Failure = field(default_factory=Failure)
    dialect: Dialect = field(default_factory=Dialect)
    retention_days: int = 0

    def to_feed(self, further: Mapping[str, CodeTable] | None = None) -> Feed:
        """Return what the maps know of the sender; rows of `further` go before the record's."""
        told = further or {}
        given = {one.table: one for one in self.dialect.codes}
        tables = {
            name: _code_map(name, given.get(name), told.get(name))
            for name in dict.fromkeys([*given, *told])
        }
        zone = ZoneInfo(self.time_zone)
        return Feed(self.id, self.dialect.systems, zone, self.dialect, tables)


def _code_map(name: str, *tables: CodeTable | None) -> CodeMap:
    """Return a table of the feed; one of a v2 table goes before the rows that come with us."""
    base = CODES.get(name)
    rows = {row.code: row for row in base.rows} if base else {}
    system = base.system if base else ""
    for table in tables:
        if table is not None:
            rows |= {code: Row(code, target) for code, target in table.rows.items()}
            system = table.system or system
    keeps = base.keep_unknown if base else False
    return CodeMap(name, base.source if base else name, system, tuple(rows.values()), keeps)
