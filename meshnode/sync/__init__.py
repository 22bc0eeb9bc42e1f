"""The conversation between two nodes that makes their sets equal and keeps them so. Sans-IO; see PROTOCOL.md."""
