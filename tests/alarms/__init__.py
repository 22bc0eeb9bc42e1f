"""Tests of what a node does about alarms: whom they have reached, and how it makes itself heard."""
