"""The screen: a Textual program that knows its node only through the local API."""
