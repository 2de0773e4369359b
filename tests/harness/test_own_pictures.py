"""Pictures of a user's own doc_to_visual, around a stand-in for the harness's evaluator."""

import io
from types import ModuleType, SimpleNamespace

import pytest
from PIL import Image

from medq_tasks.harness import exact_pixels, inputs
from medq_tasks.harness.our_tasks import is_ours
from medq_tasks.pixels import ExactImage
from tests.data.docs import doc
from tests.harness.test_exact_pixels import model


class Task:
    """As much of the harness's task as shows pictures."""

    def __init__(self, hook, words=None):
        self.config = SimpleNamespace(
            doc_to_visual=hook, doc_to_text=inputs.doc_to_text, test_split="test", lmms_eval_specific_kwargs=words
        )
        self.lmms_eval_specific_kwargs = words
        self.dataset = {"test": [doc()]}

    def doc_to_visual(self, row):
        return self.config.doc_to_visual(row, self.lmms_eval_specific_kwargs)


def turned(row, words=None):
    return [picture.rotate(180) for picture in inputs.doc_to_visual(row, words)]


def opened(row, words=None):
    file = io.BytesIO()
    inputs.doc_to_visual(row)[0].convert("L").save(file, format="PNG")
    return (Image.open(file),)


def paths(row, words=None):
    return ["a.png"]


def run(one, lm=None):
    """Evaluate; what its one row then showed, and what the result says of its pictures."""
    made, shown = ModuleType("evaluator"), []

    def evaluate(lm, task_dict):
        request = SimpleNamespace(task_name="mine", args=("", {}, one.doc_to_visual))
        assert is_ours(request)
        shown.extend(request.args[2](one.dataset["test"][0]) or [])
        return {"configs": {name: {} for name in task_dict}}

    def simple_evaluate(lm):
        return made.evaluate(lm=lm, task_dict={"mine": one})

    made.evaluate, made.simple_evaluate = evaluate, simple_evaluate
    exact_pixels.watch(made)
    result = made.simple_evaluate(lm or model("xcomposer2d5"))
    return shown, result["configs"]["mine"].get("metadata", {}).get("medq", {}).get("pixels_changed")


@pytest.mark.parametrize("hook", [turned, opened, inputs.doc_to_visual])
def test_a_backend_that_makes_jpeg_gets_the_exact_pixels_of_any_hook(hook, warned):
    (shown,), told = run(Task(hook))
    (plain,) = hook(doc())
    file = io.BytesIO()
    shown.convert("RGB").save(file, format="JPEG", quality=85)
    assert Image.open(file).tobytes() == plain.convert("RGB").tobytes()
    assert (told, warned) == (None, [])


def test_pictures_are_dressed_for_the_time_of_the_evaluation_alone():
    one = Task(turned)
    run(one)
    assert "doc_to_visual" not in vars(one)
    own = vars(one)["doc_to_visual"] = one.doc_to_visual
    run(one)
    assert vars(one)["doc_to_visual"] is own


@pytest.mark.parametrize(
    ("words", "lm"),
    [
        ({"image_transport": "as_is"}, None),
        (None, model("openai")),
        (None, model("qwen2_5_vl", simple=False)),
    ],
)
def test_where_nothing_is_to_be_dressed_pictures_stay_as_they_are(words, lm):
    (shown,), _ = run(Task(turned, words), lm)
    assert not isinstance(shown, ExactImage)


def test_what_is_no_picture_is_told_at_the_start_and_in_the_result(warned):
    shown, told = run(Task(paths))
    assert shown == ["a.png"]
    (line,) = warned
    assert told == "doc_to_visual returns str, no PIL image: what the backend makes of it is not known"
    assert f"{told} (mine; docs/pixels.md)" in line


def test_a_task_without_pictures_and_a_hook_that_raises_are_the_harness_s_own_matter(warned):
    assert run(Task(lambda row, words: None)) == ([], None)
    with pytest.raises(ZeroDivisionError):
        run(Task(lambda row, words: 1 / 0))
    assert warned == []
