"""Fine-tune, train, evaluate and export; each writes a weights manifest that models/ can load. Run with python -m."""
