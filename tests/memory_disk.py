"""Temporary files of a run in memory where the machine has room: nothing of them need outlive it.

What tests store is synced as in production, thousands of times; on a disk that is most of a run.
"""

import os
import shutil
import tempfile
from pathlib import Path

PLACE = Path("/dev/shm")
ROOM = 6 * 1024**3
"""Bytes that must be free, of the file system and of memory; a run takes about a third of it."""


def use_memory_disk() -> None:
    """Let this process and those it starts keep temporary files in memory, unless told where."""
    if "TMPDIR" not in os.environ and has_room(PLACE):
        os.environ["TMPDIR"] = tempfile.tempdir = str(PLACE)


def has_room(place: Path) -> bool:
    """Say whether files can be kept and programs be run from there, with room to spare."""
    if not place.is_mount() or not os.access(place, os.W_OK):
        return False
    if os.statvfs(place).f_flag & os.ST_NOEXEC:
        return False
    return min(shutil.disk_usage(place).free, free_memory()) >= ROOM


def free_memory() -> int:
    """Return the bytes of memory the system can still give (proc(5), MemAvailable)."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    rows = dict(line.split(":", maxsplit=1) for line in lines)
    return int(rows["MemAvailable"].split()[0]) * 1024
