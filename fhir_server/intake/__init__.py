"""What comes in from partners: kept first, then applied in one commit, then acknowledged."""
