"""Essays of the contest: sent, withdrawn, judged, read."""
