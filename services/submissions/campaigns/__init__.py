"""Campaigns: announced, amended and withdrawn by the Board, read by everyone."""
