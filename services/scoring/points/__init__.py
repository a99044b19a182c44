"""Running points: tallies of facts, clusters scored again soon after, the guard that compares."""
