"""The season of 2020, simulated: who does what on which day, and its replay over HTTP."""
