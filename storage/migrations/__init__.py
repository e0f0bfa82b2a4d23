"""Alembic's steps from nothing to today's tables; the same on SQLite and PostgreSQL."""
