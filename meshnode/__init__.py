"""The node: finds neighbours, keeps the two sets of signed things equal with theirs, and serves screens."""
