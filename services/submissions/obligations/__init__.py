"""What each unit owes, by when, and what became of it; the deadline clock."""
