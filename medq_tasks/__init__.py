"""MedQ-Bench for lmms-eval: can a multimodal model judge the quality of a medical image?

Data walks one way through the rooms of this package:

    data/ (table row) -> prompts, pixels/ -> [harness, model] -> scoring/ (answers/, judge/) -> records -> metrics
    -> [run folder] -> runs/ -> decide/, report/, align/

Only ``harness/``, ``fidelity/`` and the baseline's model know lmms-eval; all else takes and returns plain values.
"""

__version__ = "0.2.0"
