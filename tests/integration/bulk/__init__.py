"""Data in bulk on both databases."""
