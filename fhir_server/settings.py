"""Settings: one row per variable; read once at start, from PARITY_* or a TOML file, passed down."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar

from profiles.typed import TypedReader

T = TypeVar("T", str, int, bool)
SECRET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
"""The name of a credential: no folder, and nothing that leads out of one."""


class SettingError(Exception):
    """A setting has a value that cannot be used; the message names it and the remedy."""


def setting(default: T, sentence: str, choices: tuple[str, ...] = ()) -> T:
    """Declare a setting: its default, the sentence that documents it, the only values it takes."""
    declared: T = field(default=default, metadata={"sentence": sentence, "choices": choices})
    return declared


@dataclass(frozen=True, slots=True)
class Row:
    """One setting as documented: `PARITY_<NAME>` in the environment, `name` in the TOML file."""

    name: str
    type: str
    default: str
    sentence: str
    choices: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The environment variable's name."""
        return f"PARITY_{self.name.upper()}"


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force, one attribute a setting."""

    database_url: str = setting(
        "sqlite:///var/parity.db",
        "SQLAlchemy URL of the database: sqlite:///FILE or postgresql+psycopg://...",
    )
    data_dir: str = setting("var", "Folder for exports, inboxes, outboxes and other files.")
    base_url: str = setting(
        "",
        "Public URL without path, as clients reach it; empty: taken from the request.",
    )
    auth: bool = setting(
        default=True, sentence="Ask for a token on every FHIR request; off only when on loopback."
    )
    tenant: int = setting(1, "Number of the tenant whose data this process serves.")
    time_zone: str = setting("UTC", "Time zone of dates and times that name none.")
    page_size: int = setting(50, "Entries on a search page when the client gives no _count.")
    page_limit: int = setting(1000, "Highest _count honoured; larger ones are reduced to it.")
    include_limit: int = setting(
        2000,
        "Most included resources on one page; a note says when cut, and a link leads to the rest.",
    )
    include_depth: int = setting(
        8, "Most times that :iterate applies an include to what came along."
    )
    estimate_limit: int = setting(
        10_000, "Matches counted for _total=estimate; more are told as more than so many."
    )
    search_or_limit: int = setting(
        2000, "Most values, joined by commas, that one search parameter takes."
    )
    search_criteria_limit: int = setting(
        500, "Most criteria of one search; each type that a chain reaches counts."
    )
    search_chain_limit: int = setting(8, "Most steps of a chained search parameter.")
    search_has_limit: int = setting(5, "Most _has within one search parameter.")
    search_filter_limit: int = setting(8000, "Most characters of one _filter.")
    text_search: bool = setting(
        default=True,
        sentence="Keep the words of resources, for _text, _content and :text; off saves space.",
    )
    expansion_limit: int = setting(
        10_000,
        "Most codes of a value set or of a branch of a code system that a search compares with.",
    )
    body_limit: int = setting(64_000_000, "Largest request body in bytes.")
    bundle_limit: int = setting(10_000, "Most entries in one batch or transaction.")
    near_distance: int = setting(
        50, "Kilometres around the point of a near search that names no distance."
    )
    statement_timeout: int = setting(
        30_000,
        "Milliseconds after which the database stops a statement.",
    )
    connection_wait: int = setting(
        10_000, "Milliseconds a request waits for a database connection before it is answered 429."
    )
    pool_size: int = setting(8, "Database connections one process keeps open.")
    token_lifetime: int = setting(3600, "Seconds an access token is valid.")
    update_create: bool = setting(
        default=True, sentence="Let PUT create a resource under an id the client chose."
    )
    require_if_match: bool = setting(
        default=False, sentence="Refuse updates, patches and deletes that come without If-Match."
    )
    conditional_delete: str = setting(
        "single",
        "What a delete by criteria may delete: one match (single) or all of them (multiple).",
        choices=("single", "multiple"),
    )
    conditional_delete_limit: int = setting(
        1000, "Most resources one delete by criteria deletes; more matches are refused."
    )
    referential_integrity: str = setting(
        "off",
        "Where references to resources of this server must hold: deletes of what is referred to "
        "are refused (delete), writes that refer to nothing are (write), both (full), none (off).",
        choices=("off", "delete", "write", "full"),
    )
    idempotency_hours: int = setting(
        24, "Hours for which the answer to a request with Idempotency-Key is kept."
    )
    async_hours: int = setting(
        24, "Hours for which the result of a request with Prefer: respond-async is kept."
    )
    inline_limit: int = setting(
        2000, "Most rows a purge or expunge removes at once; more are removed by a job."
    )
    secret_dir: str = setting(
        "",
        "Folder of the files that partners' `file:NAME` credentials name; empty: secrets in data.",
    )
    take_claims: bool = setting(
        default=False,
        sentence="Keep the claims of 837 files that arrive, and answer them with a 277CA.",
    )
    post_strangers: bool = setting(
        default=False,
        sentence="Post remittances of senders that are no partners; else they wait for a person.",
    )
    job_lease: int = setting(60, "Seconds a worker holds a job before another may take it over.")
    job_attempts: int = setting(5, "How often a failing job is tried before it is set aside.")
    poll_interval: int = setting(500, "Milliseconds between looks for new jobs and inbox files.")
    mllp_message_limit: int = setting(20_000_000, "Largest HL7 v2 message in bytes.")
    mllp_connections: int = setting(256, "Most MLLP connections at once.")
    mllp_idle_timeout: int = setting(
        900,
        "Seconds after which a silent MLLP connection is closed.",
    )
    mllp_frame_timeout: int = setting(
        60,
        "Seconds within which a begun MLLP frame must be complete.",
    )
    listener_look: int = setting(
        5000, "Milliseconds between looks of the listener at the feeds and their ports."
    )
    mllp_plain: bool = setting(
        default=False,
        sentence="Take HL7 v2 in plain text from other machines on the listener's own port.",
    )
    feed: str = setting("default", "Name of the HL7 v2 feed of this listener; scopes identifiers.")

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Return the settings of the environment, over those of the file PARITY_CONFIG names.

        Raises SettingError for an unknown name in the file or a value of the wrong type.
        """
        environment = os.environ if environment is None else environment
        texts = _file(environment.get("PARITY_CONFIG"))
        rows = cls.rows()
        texts.update(
            {row.name: environment[row.variable] for row in rows if row.variable in environment}
        )
        values = {row.name: _value(row, texts[row.name]) for row in rows if row.name in texts}
        return _SETTINGS.convert(values)

    @classmethod
    def rows(cls) -> tuple[Row, ...]:
        """Return the settings in order, for reading them and for documenting them."""
        return tuple(
            Row(
                one.name,
                type(one.default).__name__,
                _text(one.default),
                one.metadata["sentence"],
                one.metadata["choices"],
            )
            for one in fields(cls)
        )

    def path(self, *parts: str) -> Path:
        """Return a path below the data folder."""
        return Path(self.data_dir, *parts)

    def secret(self, reference: str, environment: Mapping[str, str] | None = None) -> bytes:
        """Return the secret that `env:NAME` (PARITY_SECRET_NAME) or `file:NAME` refers to.

        Nothing else can be named: no other variable, and no file outside the folder of secrets.
        Raises SettingError, which tells the reference and never the secret.
        """
        kind, _, name = reference.partition(":")
        if SECRET_NAME.fullmatch(name) is None or kind not in {"env", "file"}:
            raise SettingError(f"a credential is written env:NAME or file:NAME, not {reference!r}")
        if kind == "env":
            variable = f"PARITY_SECRET_{name.upper()}"
            value = (os.environ if environment is None else environment).get(variable)
            if not value:
                raise SettingError(f"the credential {reference} is not set: export {variable}")
            return value.encode()
        try:
            return self.secret_path(name).read_bytes().rstrip(b"\r\n")
        except OSError:
            folder = self.secret_path()
            raise SettingError(f"the credential {reference} is not readable in {folder}") from None

    def secret_path(self, *parts: str) -> Path:
        """Return a path below the folder of secrets."""
        folder = Path(self.secret_dir) if self.secret_dir else self.path("secrets")
        return folder.joinpath(*parts)

    def environment(self) -> dict[str, str]:
        """Return the variables that give another process these same settings."""
        return {row.variable: _text(getattr(self, row.name)) for row in self.rows()}


_SETTINGS = TypedReader(Settings)


def _file(path: str | None) -> dict[str, object]:
    if not path:
        return {}
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"PARITY_CONFIG: {path} cannot be read: {error}") from error
    unknown = set(content) - {row.name for row in Settings.rows()}
    if unknown:
        raise SettingError(f"{path}: unknown setting {', '.join(sorted(unknown))}")
    return dict(content)


def _value(row: Row, given: object) -> str | int | bool:
    text = _text(given).strip()
    if row.type == "bool":
        return _boolean(row, text)
    if row.type == "int":
        return _count(row, text)
    if row.choices and text not in row.choices:
        raise SettingError(f"{row.variable} must be {' or '.join(row.choices)}, not {text!r}")
    return text


def _count(row: Row, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise SettingError(f"{row.variable} must be a whole number, not {text!r}") from None
    if number < 1:
        raise SettingError(f"{row.variable} must be at least 1, not {text!r}")
    return number


def _boolean(row: Row, text: str) -> bool:
    if text.lower() in {"on", "true", "yes", "1"}:
        return True
    if text.lower() in {"off", "false", "no", "0"}:
        return False
    raise SettingError(f"{row.variable} must be on or off, not {text!r}")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
