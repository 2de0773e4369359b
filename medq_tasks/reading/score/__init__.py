"""Which level a judge gives: ``scores`` is where to start."""
