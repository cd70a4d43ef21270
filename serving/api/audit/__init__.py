"""The audit trail of a case."""
