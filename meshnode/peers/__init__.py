"""Peers: whom to dial, what a link carries, and what is truthfully known of each."""
