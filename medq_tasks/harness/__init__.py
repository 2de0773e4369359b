"""What lmms-eval is kept to while it runs our tasks: batches that do not change answers, a broken host that is told.

Only this room, ``fidelity/``, the baseline's model and, until they move here, ``plugin``, ``hooks/``, ``backends/``,
``tables``, ``response_store``, ``resume`` and ``plan`` know lmms-eval.
"""
