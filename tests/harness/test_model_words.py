"""Settings of a YAML: empty ones are the default, what cannot be meant is one line."""

import pytest

from medq_tasks.errors import HarnessStop
from medq_tasks.harness import inputs
from tests.data.docs import doc


@pytest.mark.parametrize("empty", [{}, {"pre_prompt": None}, {"post_prompt": None, "image_transport": ""}, None])
def test_an_empty_value_is_the_default(empty):
    assert inputs.doc_to_text(doc(), empty) == inputs.doc_to_text(doc())
    assert inputs.doc_to_visual(doc(), empty)[0].size == (6, 4)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"pre_prompt": 5}, "pre_prompt: 5 is no text"),
        ({"post_prompt": ["a"]}, "post_prompt"),
        ({"image_transport": 3}, "image_transport: 3 is no name"),
        ({"image_transport": "jpg"}, "'jpg' is unknown"),
        ({"preprompt": "x"}, "has 'preprompt', which means nothing here"),
        ("png", "not a mapping"),
        ({"pre_prompt": "<image>"}, "pre_prompt holds '<image>'"),
    ],
)
def test_what_cannot_be_meant(words, said):
    with pytest.raises(HarnessStop) as stop:
        inputs.doc_to_text(doc(), words)
    assert said in str(stop.value)
