"""The search parameter types of R4: each indexes values, parses criteria and tests rows."""
