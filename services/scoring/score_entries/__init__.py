"""Scores that people enter beside computed points: who may, what they must be, their versions."""
