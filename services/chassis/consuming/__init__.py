"""From a topic to an effect: batches are classified, committed once, then acknowledged."""
