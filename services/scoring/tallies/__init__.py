"""From events to facts and tallies: what came once is counted once, whatever comes twice."""
