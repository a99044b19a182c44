"""Which rule set was in force when."""
