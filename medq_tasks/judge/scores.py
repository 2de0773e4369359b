"""The level in a judge's reply: 0, 1, 2, or None (read by ``medq_tasks.reading``, docs/reading.md)."""

from medq_tasks.reading.score.scores import explain_score, read_score

__all__ = ["explain_score", "read_score"]
