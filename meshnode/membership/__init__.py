"""Who belongs: signed statements, and membership as a pure function of a set of them."""
