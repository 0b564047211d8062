"""`parity partner list|show|test` and `parity x12 batch`."""

import json

from fhir_server.db.engine import Database
from fhir_server.model.partner import Directory, Https, Partner, Party
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store import circuits, partners
from fhir_server.store.unit_of_work import UnitOfWork
from tests.acceptance.site import Site

OWN = Party("PARITY")
FOLDERS = Partner("north", "North Plan", OWN, Party("NORTH"), Directory("n/in", "n/out"))
AWAY = Partner(
    "south", "South Plan", OWN, Party("SOUTH"), Https(ask="https://127.0.0.1:1/", token="env:SOUTH")
)


def configured(site: Site) -> None:
    """Initialise the site with two partners, one of which was not reached."""
    site.initialise()
    settings = Settings(database_url=site.database_url, data_dir=str(site.folder / "var"))
    runtime = Runtime.build(settings)

    def put(work: UnitOfWork) -> None:
        for one in (FOLDERS, AWAY):
            partners.put(work, one)
        circuits.note_failed(work, "south", "the partner cannot be reached")

    runtime.store.transact(Context(), put)
    database: Database = runtime.store.database
    database.close()


def test_partners_are_listed_shown_and_tried(site: Site) -> None:
    configured(site)
    listed = site.run("partner", "list").stdout.decode().splitlines()
    assert [line.split()[:2] for line in listed] == [["north", "directory"], ["south", "https"]]
    assert "not tried yet" in listed[0]
    assert "not reached, 1 attempts" in listed[1]
    shown = json.loads(
        site.run("partner", "show", "south", variables={"PARITY_SECRET_SOUTH": "s3cret"}).stdout
    )
    assert shown["partner"]["transport"]["token"] == "env:SOUTH"
    assert shown["circuit"]["failures"] == 1
    assert site.json("partner", "test", "north")["reached"] is True
    away = site.run(
        "partner", "test", "south", status=1, variables={"PARITY_SECRET_SOUTH": "s3cret"}
    )
    assert b"cannot be reached" in away.stderr
    assert b"s3cret" not in away.stderr + away.stdout
    assert b"not known" in site.run("partner", "test", "west", status=2).stderr
    assert site.json("x12", "batch") == {"north": [], "south": []}
