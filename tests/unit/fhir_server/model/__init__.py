"""Unit tests of the resource model."""
