"""Mutated inputs over everything that reads bytes or text of somebody else."""
