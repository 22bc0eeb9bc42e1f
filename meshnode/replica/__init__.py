"""The replica: this node's copy of the two sets, and the one door through which anything enters it."""
