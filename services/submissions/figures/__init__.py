"""Figures: numbers that a criterion counts and no other report carries."""
