"""What a reply says: the option it chooses, the verdict it reaches, or neither. Text in, values out."""

from medq_tasks.answers.verdict import VerdictKind, read_verdict
from medq_tasks.reading.choices import explain_choice, read_choice
from medq_tasks.reading.placeholders import failure
from medq_tasks.reading.statements import Reading
from medq_tasks.reading.text import final_text

__all__ = ["Reading", "VerdictKind", "explain_choice", "failure", "final_text", "read_choice", "read_verdict"]
