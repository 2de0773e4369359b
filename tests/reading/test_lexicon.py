"""Every line of every table of words: its example holds one of its forms, so a misspelt form is seen at once."""

from unicodedata import normalize

import pytest

from medq_tasks.reading.lexicon import FOLDER, load, match
from medq_tasks.reading.tokens import tokenise

TABLES = sorted(path.stem for path in FOLDER.glob("*.tsv"))
ENTRIES = [(table, entry) for table in TABLES for entry in load(table).entries]


def _holds(example, entry):
    words = [unit.word.lower() for unit in tokenise(normalize("NFKC", example))]
    return any(match(words, start, form) for form in entry.forms for start in range(len(words)))


@pytest.mark.parametrize(("table", "entry"), ENTRIES, ids=[f"{table}-{e.role}-{e.language}" for table, e in ENTRIES])
def test_the_example_holds_the_role(table, entry):
    assert _holds(entry.example, entry)


def test_every_table_is_looked_at():
    assert TABLES == ["choices", "clauses", "common", "comparison", "grades", "scores", "short"]
    assert len(ENTRIES) > 400
