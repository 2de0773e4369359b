"""Run folders -> Run objects and their numbers."""
