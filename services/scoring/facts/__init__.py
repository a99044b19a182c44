"""Facts as scoring keeps them: taken once from events, stored, never changed."""
