"""Accuracy, speed, load and faults, measured side by side with peers in one run."""
