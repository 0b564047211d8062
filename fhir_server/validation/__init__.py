"""Judging resources against their definitions, before anything is stored."""
