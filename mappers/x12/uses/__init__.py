"""Segment uses and loops that several guides write alike: makers, so that a guide stays a table."""
