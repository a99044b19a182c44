"""Counts of what was sent."""
