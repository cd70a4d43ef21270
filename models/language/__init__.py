"""What words mean to a machine."""
