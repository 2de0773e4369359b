"""What the harness runs for us beyond tasks and models.

Only this room, ``fidelity/``, the baseline's model and, until they move here, ``plugin``, ``hooks/``, ``backends/``,
``response_store``, ``resume`` and ``plan`` know lmms-eval.
"""
