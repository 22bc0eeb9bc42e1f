"""The places a person can be in: the board, one card, the neighbours, the welcome."""
