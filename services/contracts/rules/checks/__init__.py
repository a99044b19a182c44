"""What a rule set must hold beyond its form, each check a file: faults with place and remedy."""
