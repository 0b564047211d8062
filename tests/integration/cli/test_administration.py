"""Setting up and looking after an installation from the command line."""

from fhir_server.db import migrate
from fhir_server.db.engine import Database
from fhir_server.db.revision import newest_revision
from tests.acceptance.site import Site, running

HEAD = newest_revision()


def test_first_init_prints_a_secret_and_later_ones_do_not(site: Site) -> None:
    first = site.json("init")
    assert first["client_id"]
    assert first["client_secret"]
    assert site.json("init") == {}
    assert site.json("db", "status")["up_to_date"] is True


def test_database_without_tables_is_said_to_need_an_upgrade(site: Site) -> None:
    assert site.json("db", "status")["up_to_date"] is False
    assert b"parity db upgrade" in site.run("db", "status").stdout
    site.run("db", "upgrade")
    assert site.json("db", "status")["up_to_date"] is True


def test_upgrade_leaves_the_job_to_index_what_is_stored(site: Site) -> None:
    database = Database.open(site.database_url)
    migrate.upgrade(database, "0005")
    site.run("db", "upgrade")
    assert site.json("db", "upgrade") == {"current": HEAD, "head": HEAD, "up_to_date": True}
    with database.session() as session:
        (kept,) = session.run("SELECT kind, payload, state FROM job")
    assert (kept[0], kept[2]) == ("reindex", "queued")
    assert '"task":"repair"' in str(kept[1])
    database.close()


def test_new_database_has_nothing_to_index(site: Site) -> None:
    site.initialise()
    database = Database.open(site.database_url)
    with database.session() as session:
        assert session.run("SELECT kind FROM job") == []
    database.close()


def test_client_has_the_scopes_it_was_given_and_no_more(site: Site) -> None:
    with running(site, "web"):
        made = site.json("client", "add", "reader", "--scope", "system/Patient.rs")
        asked = ("token", "--client-id", str(made["client_id"]))
        token = site.run(*asked, "--client-secret", str(made["client_secret"])).stdout.decode()
        assert site.request("GET", "/fhir/Patient", token=token.strip()).status == 200
        assert site.request("GET", "/fhir/Claim", token=token.strip()).status == 403
        patient = b'{"resourceType":"Patient"}'
        assert site.request("POST", "/fhir/Patient", patient, token=token.strip()).status == 403

        site.run("client", "revoke", str(made["client_id"]))
        refused = site.run(*asked, "--client-secret", str(made["client_secret"]), status=1)
        assert b"wrong, or it is revoked" in refused.stderr
        listed = site.run("client", "list").stdout.decode()
        assert f"{made['client_id']}  revoked" in listed


def test_wrong_words_are_answered_in_one_line(site: Site) -> None:
    site.initialise()
    for command in (
        ("client", "add", "x", "--scope", "all of it"),
        ("client", "revoke", "nobody"),
        ("verify", "nowhere"),
        ("nonsense",),
    ):
        done = site.run(*command, status=2)
        assert done.stderr
        assert b"Traceback" not in done.stderr
