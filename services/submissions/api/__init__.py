"""HTTP of submissions: one file for each group of routes."""
