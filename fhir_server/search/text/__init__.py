"""Full text: the words of a resource, and what a client asks of them; pure but for the SQL test."""
