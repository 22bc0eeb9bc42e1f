"""Alarms: what a node does about them besides showing them: it makes itself heard, and knows whom they have reached."""
