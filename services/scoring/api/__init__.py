"""HTTP: standings, a unit's points with their reasons, digests, latencies, what-ifs: reading.

Two things are written: marks that people enter (`entries`) and publications of the Board.
"""
