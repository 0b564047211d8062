"""Whether a database has the tables this version needs, told without loading Alembic."""

from functools import cache
from pathlib import Path

from fhir_server.db.session import Session

REVISIONS = Path(__file__).with_name("migrations") / "versions"


@cache
def newest_revision() -> str:
    """Return the newest revision there is; their files are named `r<revision>_<words>.py`."""
    return max(path.name[1:].partition("_")[0] for path in REVISIONS.glob("r*_*.py"))


def applied_revision(session: Session) -> str:
    """Return the revision a database is at. Fails as the driver does when it has no tables."""
    return str(session.run("SELECT version_num FROM alembic_version", {})[0][0])
