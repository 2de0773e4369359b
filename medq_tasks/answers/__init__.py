"""What a reply says: the option it chooses, the verdict it reaches, or neither. Text in, values out."""

from medq_tasks.reading.choice.choices import explain_choice, read_choice
from medq_tasks.reading.placeholders import failure
from medq_tasks.reading.statements import Reading
from medq_tasks.reading.text import final_text
from medq_tasks.reading.verdict.verdict_line import is_marked
from medq_tasks.reading.verdict.verdicts import VerdictKind, explain_verdict, read_verdict

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
