"""What operators see of a service: metrics, logs, traces, health."""
