"""Standings as of an earlier moment, and under a draft rule set."""
