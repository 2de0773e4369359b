"""Which verdict a text reaches: ``verdicts`` is where to start."""
