"""What is laid over a place for a moment: forms, questions, the palette, an invite."""
