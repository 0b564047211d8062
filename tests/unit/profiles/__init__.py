"""Unit tests of the definitions and their compiler."""
