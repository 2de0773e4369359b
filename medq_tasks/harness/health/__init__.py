"""Is this machine fit for a run? Told before a run (``medq info --check``), or as the one line with which a run ends.

``Trap``: one thing that would stop or falsify a run, and its cure. ``environment``, ``installed`` and ``places`` look
at variables, metadata and folders; ``steps`` does what lmms-eval does before it asks a model anything, in a process of
its own (``probe``); ``causes`` makes a line of an exception; ``guard`` stands in a run.
"""
