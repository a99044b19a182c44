"""Commendations that units propose."""
