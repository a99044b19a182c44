"""The campaign in numbers at the end of any day."""
