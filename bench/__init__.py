"""Benchmarks: ours beside the limit of the same machine in the same run, one table a run."""
