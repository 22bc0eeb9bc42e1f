"""The parts that screens are painted with; each draws its own lines."""
