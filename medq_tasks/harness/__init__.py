"""What lmms-eval asks us for, and what it is kept to while it runs our tasks.

Only this room, ``fidelity/`` and the baseline's model import lmms-eval. ``plugin`` is the door that it knocks on;
``tables``, ``inputs``, ``perception``, ``reasoning``, ``aggregate`` and ``judge_ahead`` are what the YAMLs name: they
unpack its values, call the rooms below, and repack.
"""
