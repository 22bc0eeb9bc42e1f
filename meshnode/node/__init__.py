"""The node: builds the parts, wires them, starts and stops them; decides nothing."""
