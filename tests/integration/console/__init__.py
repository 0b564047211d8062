"""The state page on both databases."""
