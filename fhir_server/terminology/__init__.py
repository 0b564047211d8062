"""Terminology: what is in a value set, and what stands above and below a code; pure."""
