"""What a draft rule set would change; nothing of it is stored."""
