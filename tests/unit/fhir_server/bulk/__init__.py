"""Unit tests of bulk data."""
