"""The simulated year 2020: which unit does what on which day, and its replay over HTTP."""
