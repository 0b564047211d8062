"""How the database came to be as it is: one revision a change, oldest first; run by Alembic."""
