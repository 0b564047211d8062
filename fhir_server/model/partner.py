"""A trading partner as data: who it is, how it is reached, what it wants and what is agreed.

Nothing secret is in it: passwords, keys and tokens are named (`env:NAME`, `file:NAME`), see
`settings.secret`. ISA and GS elements by the names of ASC X12.5 and X12.6.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from fhir_server.model.transport import Directory, Https, Memory, Sftp, Transport
from mappers.fhir_x12.modifier import AS_TOLD, Habit

__all__ = ["Directory", "Https", "Memory", "Sftp", "Transport"]


@dataclass(frozen=True, slots=True)
class Party:
    """One side of an interchange: ISA05/06 or ISA07/08, and the application id in GS02 or GS03.

    An empty `group_id` means the same as `id`.
    """

    id: str
    qualifier: str = "ZZ"
    group_id: str = ""
    name: str = ""

    @property
    def application(self) -> str:
        """The id in the functional group header."""
        return self.group_id or self.id


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters that end and separate the parts of an interchange."""

    element: str = "*"
    repetition: str = "^"
    component: str = ":"
    segment: str = "~"


@dataclass(frozen=True, slots=True)
class FileNames:
    """The names of files: a pattern of what we send, glob patterns of what is taken in.

    `outbound` may name `{partner}`, `{control}` (ISA13), `{kind}` (837, 999) and `{date}`.
    """

    outbound: str = "{partner}-{control}.{kind}"
    inbound: tuple[str, ...] = ("*",)


@dataclass(frozen=True, slots=True)
class Batch:
    """How claims are gathered: each leaves at once (0 minutes), or those of so many minutes do.

    A batch that is full leaves before its time. One interchange has one group of a guide.
    """

    minutes: int = 0
    claims_per_set: int = 1000
    sets_per_group: int = 10

    @property
    def claims(self) -> int:
        """The most claims of one interchange."""
        return self.claims_per_set * self.sets_per_group


@dataclass(frozen=True, slots=True)
class Controls:
    """The control numbers that are ours to use with the partner, from first to last."""

    first: int = 1
    last: int = 999_999_999


@dataclass(frozen=True, slots=True)
class Expected:
    """Within how many hours the partner answers a file with a TA1, 999 and 277CA; 0: it does not.

    With `ta1` above 0 a TA1 is asked for (ISA14).
    """

    ta1: int = 0
    acknowledgment: int = 24
    claim_status: int = 0


@dataclass(frozen=True, slots=True)
class Partner:
    """One trading partner.

    `payer_ids` are the payer ids claims for it carry; `own` is us as it knows us, `other` the
    partner itself; `usage` is ISA15, test or production; `guides` names the implementation
    guide by transaction set (`{"837P": "005010X222A1"}`). `kinds` are the transactions exchanged
    with it, none meaning all; `overlays` what its companion guides add to the rules; `filing_days`
    how long after the service a claim may be filed, by payer id or `*`; `habits` what its payers
    want of modifiers, likewise. `service_types` are those asked for in questions of eligibility
    that name none. With `matches_alike` a payment whose numbers are not known is that of the only
    open claim of the same member, day and charge; without, a person is asked. With
    `repeats_controls` it uses an ISA13 again for other bytes, and is not told that it may not.
    """

    id: str
    name: str
    own: Party
    other: Party
    transport: Transport
    payer_ids: tuple[str, ...] = ()
    usage: Literal["T", "P"] = "T"
    delimiters: Delimiters = field(default_factory=Delimiters)
    guides: dict[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    files: FileNames = field(default_factory=FileNames)
    batch: Batch = field(default_factory=Batch)
    controls: Controls = field(default_factory=Controls)
    expected: Expected = field(default_factory=Expected)
    filing_days: dict[str, int] = field(default_factory=dict)
    habits: dict[str, Habit] = field(default_factory=dict)
    repeats_controls: bool = False
    overlays: tuple[dict[str, object], ...] = ()
    service_types: tuple[str, ...] = ()
    matches_alike: bool = False

    def filing_limit(self, payer_id: str) -> int | None:
        """Return how many days after the service a claim may be filed with a payer, if known."""
        return self.filing_days.get(payer_id, self.filing_days.get("*"))

    def file_name(self, control: int, kind: str, now: datetime) -> str:
        """Return the name of a file we send."""
        return self.files.outbound.format(
            partner=self.id, control=f"{control:09d}", kind=kind, date=f"{now:%Y%m%d}"
        )

    def habit(self, payer_id: str) -> Habit:
        """Return what a payer wants of modifiers."""
        return self.habits.get(payer_id, self.habits.get("*", AS_TOLD))

    @property
    def converses(self) -> bool:
        """Whether it answers in real time."""
        return isinstance(self.transport, Memory) or (
            isinstance(self.transport, Https) and bool(self.transport.ask)
        )

    def exchanges(self, kind: str) -> bool:
        """Tell whether a kind of transaction (837P, 270, 278-request) is exchanged with it."""
        return not self.kinds or kind.partition("-")[0] in self.kinds
