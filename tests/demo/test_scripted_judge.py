"""The demo's judge: its rule by hand, and that nothing else of the user's is asked in its place."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from medq_tasks.demo import scripted_judge
from medq_tasks.demo.scripted_judge import NAME, judge, serving, without_other_judges
from medq_tasks.judge import JudgeSession, load_rubric, read_score
from medq_tasks.judge.reach import reach
from medq_tasks.judge.session import judged
from medq_tasks.settings import Settings
from tests import makers

REFERENCE = "noise blur sharp dark grain edges"  # six words of four letters and more


def asked(axis: str, reply: str, kind: str = "no_reference") -> str:
    return str(load_rubric().messages(kind, axis, reply, REFERENCE)[-1]["content"])


@pytest.mark.parametrize(
    ("reply", "score"),
    [
        ("Noise, blur and sharp edges.", 2),  # 4 of 6
        ("The noise is dark.", 1),  # 2 of 6: 0.33
        ("The noise is low.", 0),  # 1 of 6
        ("", 0),
    ],
)
def test_the_score_is_a_count_of_shared_words(reply: str, score: int) -> None:
    said = judge(asked("completeness", reply))
    assert read_score(said) == score
    assert "of the 6 words of the reference are in the text" in said


def test_an_axis_without_a_level_1_is_not_given_one() -> None:
    reply = "The noise is dark."
    assert read_score(judge(asked("quality_accuracy", reply, "comparison"))) == 0
    assert read_score(judge(asked("quality_accuracy", reply))) == 1


def test_no_judge_key_prompt_or_server_of_the_user_is_seen() -> None:
    mine = {
        "OPENAI_API_KEY": "sk-1",
        "OPENAI_BASE_URL": "https://paid.example",
        "MEDQ_JUDGE_API_KEY": "sk-2",
        "MEDQ_JUDGE_PROMPTS": "/mine.yaml",
        "MEDQ_JUDGE_EXTRA_BODY": "{}",
        "MEDQ_READER_MODEL": "paid",
        "MEDQ_PROMPTS": "/words.yaml",
        "MEDQ_CACHE_DIR": "/cache",
        "NO_PROXY": "intern.example",
        "PATH": "/bin",
    }
    left = without_other_judges(mine, "http://127.0.0.1:1/v1")
    settings = Settings.from_env(left)
    assert (settings.judge.model, settings.judge.base_url, settings.judge.api_key) == (
        NAME,
        "http://127.0.0.1:1/v1",
        None,
    )
    assert not any("sk-" in value or "paid" in value for value in left.values())
    assert (settings.prompts, settings.judge.prompts, settings.reader.model) == ("default", None, "")
    assert (left["MEDQ_CACHE_DIR"], left["PATH"], left["NO_PROXY"]) == ("/cache", "/bin", "intern.example,127.0.0.1")


def test_the_plugin_judges_with_it(tmp_path: Path) -> None:
    with serving() as address:
        settings = Settings.from_env(without_other_judges({"MEDQ_CACHE_DIR": str(tmp_path)}, address))
        assert reach(settings.judge).said == "reachable"
        session = JudgeSession(settings)
        try:
            record = judged(makers.reasoning(None, reply="Sharp. The quality is good."), session)
        finally:
            session.close()
    assert record.judge is not None
    assert record.judge.model == NAME
    assert {said.score for said in record.axes.values()} == {2}


def test_a_command_runs_with_it_and_its_exit_code_is_handed_on(capfd: pytest.CaptureFixture[str]) -> None:
    code = "import os, sys; print(os.environ['MEDQ_JUDGE_MODEL']); sys.exit(3)"
    assert scripted_judge.main([sys.executable, "-c", code]) == 3
    assert capfd.readouterr().out == f"{NAME}\n"
