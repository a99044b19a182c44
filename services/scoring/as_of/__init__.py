"""Points as they stood at an earlier moment, computed when asked."""
