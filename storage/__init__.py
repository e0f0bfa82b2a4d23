"""Tables and the queries on them: one file a noun. SQLAlchemy is known here and nowhere else."""
