"""Work in the background of a process: repeated, woken, watched and stopped in one way."""
