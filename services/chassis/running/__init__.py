"""A service as a process: its parts in order up and down, watched."""
