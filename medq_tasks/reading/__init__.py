"""One language of statements, from which choices, verdicts and scores are read (docs/reading.md)."""
