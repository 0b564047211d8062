"""The database: its tables, its engine for SQLite and PostgreSQL, its migrations."""
