"""A service as a process: its parts are started in order, watched, and stopped in reverse order."""
