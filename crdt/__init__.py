"""Documents and merge. Pure: no I/O, no clock, no keys, no asyncio."""
