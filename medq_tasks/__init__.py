"""MedQ-Bench for lmms-eval: can a multimodal model judge the quality of a medical image?

Data walks one way through the rooms of this package:

    data/ (table row) -> prompts, pixels/ -> [harness, model] -> answers/, judge/ -> records -> metrics -> report/

Only ``plugin``, ``tables`` and ``hooks/`` know lmms-eval; everything else takes and returns plain values.
"""

__version__ = "0.1.0"
