"""Who may do what: scopes, and what they refuse; pure decisions."""
