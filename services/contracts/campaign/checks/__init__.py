"""What must be true of a campaign beside the form of its values: one subject a file."""
