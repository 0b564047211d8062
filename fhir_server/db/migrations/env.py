"""Run by Alembic around every revision: on the connection that `db.migrate` hands it."""

from alembic import context

from fhir_server.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
)
context.run_migrations()
