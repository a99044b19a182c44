"""Drawn plans, what is done under them, and the oracle of what must come of it."""
