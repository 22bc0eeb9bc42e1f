"""Who this node is: its keys, what they sign, and the words people read to each other to compare them."""
