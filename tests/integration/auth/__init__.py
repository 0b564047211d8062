"""The authorization server on both databases."""
