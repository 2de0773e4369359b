"""A text as clauses."""

from medq_tasks.reading.scope import clauses


def test_what_stands_before_a_colon_or_a_dash_is_a_clause_of_its_own():
    text = "Noise: none; blur - some"
    assert [span.of(text) for span in clauses(text)] == ["Noise", "none", "blur", "some"]


def test_a_clause_ends_where_the_thought_turns():
    text = "Unless detail is needed, it is usable but noisy."
    assert [span.of(text).strip() for span in clauses(text)] == [
        "Unless detail is needed",
        "it is usable",
        "but noisy.",
    ]
