"""The server over HTTP, on both databases."""
