"""The tests of Parity."""
