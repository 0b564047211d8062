"""Everything persisted: resources, their index, jobs, exchanges, files; nothing else runs SQL."""
