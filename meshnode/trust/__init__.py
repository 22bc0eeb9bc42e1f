"""Trust: what this node and its person make of who belongs: whom to link with, which keys to use, what to sign."""
