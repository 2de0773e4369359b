import pytest

from medq_tasks import prompts
from medq_tasks.records import KINDS


def test_a_question_with_its_options():
    body = prompts.perception_body(" Is there noise? ", {"A": "Yes", "C": "No"})
    assert body == "Question: Is there noise?\nOptions:\nA. Yes\nC. No"


def test_the_tables_own_question_wins_over_the_instruction():
    assert prompts.reasoning_body("no_reference", "Describe it.") == "Describe it."
    assert prompts.reasoning_body("no_reference", " ") == prompts.PROMPTS["no_reference"].instruction


@pytest.mark.parametrize("kind", KINDS)
def test_default_words_surround_the_body(kind):
    assert prompts.surround(kind, "BODY") == f"{prompts.PROMPTS[kind].pre}BODY{prompts.PROMPTS[kind].post}"


def test_a_models_block_without_words_keeps_the_default_words():
    # The harness replaces the default block by a matching model's block; pre_prompt would vanish otherwise.
    assert prompts.surround("perception", "B", {"image_transport": "png"}) == prompts.surround("perception", "B")


def test_a_users_words_replace_the_default_ones_even_when_empty():
    assert prompts.surround("perception", "B", {"pre_prompt": "", "post_prompt": " Letter only."}) == "B Letter only."


def test_the_two_images_are_named_in_order():
    text = prompts.surround("comparison", prompts.reasoning_body("comparison", ""))
    assert text.index("first image") < text.index("second image")
    assert "Verdict: first" in text
