"""What each event says to people, Vietnamese first and English below; pure functions."""
