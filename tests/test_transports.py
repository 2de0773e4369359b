import re
from pathlib import Path

import pytest

from medq_tasks.harness.backends import CLASSES
from medq_tasks.transports import INEXACT_BACKENDS, exact_for


@pytest.mark.parametrize("model", ["qwen2_vl", "qwen2_5_vl", "gemma3", "gemma4", "glm4v", "llama4_scout", "vora"])
def test_backends_that_would_make_jpeg_get_png(model):
    assert exact_for(model) == "png"


@pytest.mark.parametrize("model", ["openai", "llava_hf", "internvl3", "one_that_is_not_known", ""])
def test_the_others_get_the_plain_image(model):
    assert exact_for(model) == "as_is"


def test_apis_get_png_only_where_our_class_gives_it_its_name():
    assert {name for name in CLASSES if exact_for(name) == "png"} == set(CLASSES)


def test_the_page_on_pixels_names_these_backends_and_no_others():
    page = (Path(__file__).parents[1] / "docs" / "pixels.md").read_text(encoding="utf-8")
    section = page[page.index("| backend | what it makes of a picture |") :].split("\n\n")[0]
    assert dict(re.findall(r"\| `(\w+)` \| ([^|]+?) \|", section)) == dict(INEXACT_BACKENDS)
