"""Transport: carries sealed frames between two nodes, over WebSockets; knows nothing of what they say."""
