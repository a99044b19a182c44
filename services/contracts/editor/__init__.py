"""JSON Schemas by which an editor completes plan.yaml and rules.yaml."""
