"""The listener under load, kills, spoiled messages, large messages and idle connections."""
