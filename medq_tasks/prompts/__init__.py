"""The wording of questions and instructions, as data.

``load`` takes what a user names in ``MEDQ_PROMPTS`` or in a task's YAML: ``default``, a YAML file of his own, or a
checkout of the reference implementation. ``in_force`` adds what a YAML sets beside it for one model (``pre_prompt``,
``post_prompt``). The words of a family know how to ask a question, and have a name and a hash for records and results.
"""

from medq_tasks.prompts.choice import DEFAULT, Prompts, in_force, load
from medq_tasks.prompts.words import ChoiceWords, TextWords, Words, parts
from medq_tasks.prompts.words_file import DEFAULT_FILE

__all__ = ["DEFAULT", "DEFAULT_FILE", "ChoiceWords", "Prompts", "TextWords", "Words", "in_force", "load", "parts"]
