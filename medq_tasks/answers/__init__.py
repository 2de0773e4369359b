"""What a reply says: the option it chooses, the verdict it reaches, or neither. Text in, values out."""

from medq_tasks.answers.decide import Reading, explain_choice, read_choice
from medq_tasks.answers.marked import is_marked
from medq_tasks.answers.normalise import final_text
from medq_tasks.answers.placeholders import failure
from medq_tasks.answers.verdict import VerdictKind, explain_verdict, read_verdict

__all__ = [
    "Reading",
    "VerdictKind",
    "explain_choice",
    "explain_verdict",
    "failure",
    "final_text",
    "is_marked",
    "read_choice",
    "read_verdict",
]
