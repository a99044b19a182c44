"""HTTP: standings, a unit's points with their reasons, digests, latencies. Only reading."""
