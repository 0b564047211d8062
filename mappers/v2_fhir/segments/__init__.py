"""One file a segment: the tables that map it."""
