"""Benchmarks: each prints its figures beside the aim, as met or not met, with the machine's own speed beside them."""
