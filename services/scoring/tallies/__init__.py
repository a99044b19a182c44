"""From events to facts and tallies: each event counts once, also when it is delivered twice."""
