"""What knows lmms-eval from the inside."""
