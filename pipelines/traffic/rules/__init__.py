"""What may be a violation, one module a family: pure functions over trajectories, signal states and the street."""
