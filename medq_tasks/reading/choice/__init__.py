"""Which option a reply chooses: ``choices`` is where to start."""
