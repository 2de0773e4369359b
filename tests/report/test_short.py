"""Names of runs, as short as they can be told apart."""

from __future__ import annotations

import pytest

from medq_tasks.report.short import renamed, short_names


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["Qwen2-VL (qwen2_vl)", "medq_baseline"], ["Qwen2-VL", "medq_baseline"]),
        (["Qwen2-VL (qwen2_vl)", "Qwen2-VL (vllm)"], ["Qwen2-VL (qwen2_vl)", "Qwen2-VL (vllm)"]),
        (["a (b) · strict", "a (b) · mild"], ["a · strict", "a · mild"]),
        (["a (x) (b)"], ["a (x)"]),
        ([], []),
    ],
)
def test_the_backend_goes_where_nothing_is_lost(labels: list[str], names: list[str]) -> None:
    assert short_names(labels) == names


def test_a_label_in_front_of_a_text_is_put_shorter() -> None:
    assert renamed("a (b) · task", "a (b)", "a") == "a · task"
    assert renamed("published", "a (b)", "a") == "published"
