"""Which makers a model's name names."""

from medq_tasks.wording.families import makers_of
from tests.cases import check_all

NAMES = {
    "Qwen2-VL-7B-Instruct (qwen2_vl)": {"qwen"},
    "Qwen/Qwen2.5-72B-Instruct": {"qwen"},
    "gpt-4o-2024-05-13": {"openai"},
    "panel of 3: claude-x, gemini-2, gpt-5": {"anthropic", "google", "openai"},
    "google/medgemma-27b-it": {"google"},
    "Meta-Llama-3.1-8B": {"meta"},
    "InternVL3-8B": {"internvl"},
    "glm-4.5v": {"zhipu"},
    "a-model-of-ours": set(),
    "egpt": set(),
    "": set(),
}


def test_makers():
    def check(case):
        assert makers_of(case[0]) == case[1]

    check_all(((name, (name, makers)) for name, makers in NAMES.items()), check)
