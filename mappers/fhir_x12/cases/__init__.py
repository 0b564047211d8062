"""Claims as a practice has them, each a Bundle of a Claim and the resources it refers to."""
