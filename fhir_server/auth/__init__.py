"""The authorization server: tokens for clients, by SMART backend services with a secret."""
