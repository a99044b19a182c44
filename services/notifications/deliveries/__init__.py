"""The life of a delivery: due, taken under a lease, tried, concluded."""
