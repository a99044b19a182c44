"""The season in numbers, as they stood at the end of any day."""
