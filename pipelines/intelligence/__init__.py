"""What stored cases and corpora say together: similar cases first. Each answer names its source."""
