"""From a topic to an effect: batches judged, committed once, acknowledged after it."""
