"""Judgement beyond syntax and guide: rules as rows, run over the loops of a set."""
