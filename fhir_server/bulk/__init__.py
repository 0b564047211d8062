"""Data in bulk: the system export, the package a practice leaves with, loading many files."""
