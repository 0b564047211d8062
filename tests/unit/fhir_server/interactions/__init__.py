"""Unit tests of interactions."""
