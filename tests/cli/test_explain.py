"""``medq explain``: a reply on standard input, samples of a run, and words that cannot be used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from medq_tasks import answers
from medq_tasks.answers import Reading
from medq_tasks.cli import app
from medq_tasks.cli.arguments import UsageError
from medq_tasks.errors import RunError
from tests.runs import factory


def explain(*words: object, reply: str = "") -> Any:
    return CliRunner().invoke(app, ["explain", *map(str, words)], input=reply)


@pytest.mark.parametrize(
    "options",
    [["--options", "A=Yes", "--options", "B=No, none"], ["--options", '{"A": "Yes", "B": "No, none"}']],
)
def test_a_choice_with_the_words_that_decided(monkeypatch: pytest.MonkeyPatch, options: list[str]) -> None:
    asked = []

    def read(reply: str, given: dict[str, str]) -> Reading:
        asked.append((reply, given))
        return Reading("B", said="The answer is B", rule="announced", place=(4, 23))

    monkeypatch.setattr(answers, "explain_choice", read)
    result = explain(*options, reply="Hm.\nThe **answer** is B.\n")
    assert result.output == "Hm.\n>>>The **answer** is B<<<.\nchoice: B (rule: announced)\n"
    assert asked == [("Hm.\nThe **answer** is B.\n", {"A": "Yes", "B": "No, none"})]


def test_what_is_not_read_says_why() -> None:
    result = explain("--options", "A=Blur", "--options", "B=Noise", reply="A or B, who knows.")
    assert result.output.startswith("A or B, who knows.\nchoice: none (")


def test_a_verdict() -> None:
    assert "verdict: good" in explain("--verdict", "no_reference", reply="Verdict: good").output
    assert "verdict: second" in explain("--verdict", "comparison", reply="Verdict: second").output


def test_control_characters_are_shown_and_not_obeyed() -> None:
    assert "\x1b" not in explain("--options", "A=x", "--options", "B=y", reply="\x1b[31mA").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "give the options"),
        (["--options", "yes"], "neither A=text nor a JSON object"),
        (["--options", "=yes"], "neither A=text nor a JSON object"),
        (["--verdict", "good"], "--verdict is one of no_reference, comparison"),
        (["--options", "A=x", "--options", "A=y"], "names 'A' twice"),
        (["--options", '{"A": "x", "A": "y"}'], "names 'A' twice"),
        (["--options", '{"A": "x", " A": "y"}'], "names 'A' twice"),
        (["--options", '{"A": null, "B": "y"}'], "'A' is no text"),
        (["--options", '{"A": "x", "B": {"C": "y"}}'], "'B' is no text"),
        (["--options", '{"A": "x", "B": ["y"]}'], "'B' is no text"),
        (["--options", '{"A": "x", "B": true}'], "'B' is no text"),
        (["--options", '{"": "x", "B": "y"}'], "neither A=text nor a JSON object"),
        (["--options", '["x", "y"]'], "neither A=text nor a JSON object"),
        (["--options", "{}"], "at least two options"),
        (["--id", "17"], "--id names a sample of a run"),
        (["--id", "17", "--verdict", "comparison"], "--id names a sample of a run"),
        (["run", "--options", "A=x", "--options", "B=y"], "--options is for a reply on standard input"),
        (["run", "--id", "17", "--verdict", "comparison"], "--verdict is for a reply on standard input"),
        (["--options", "A=x", "--options", "B=y", "--verdict", "comparison"], "not both"),
    ],
)
def test_words_that_cannot_be_used(words: list[str], said: str) -> None:
    error = explain(*words, reply="B").exception
    assert isinstance(error, UsageError)
    assert said in str(error)
    assert "\n" not in str(error)


def test_a_number_is_an_option() -> None:
    assert "choice: B (" in explain("--options", '{"A": 1, "B": 2.5}', reply="2.5").output


def test_the_letter_that_was_chosen_is_marked_and_no_other() -> None:
    words = ["--options", "A=Blur", "--options", "B=Noise"]
    told = explain(*words, reply="<p>B</p>\n\nRegion A is dark, region B is bright.\n").output
    assert told.startswith("<p>>>>B<<<</p>\n\nRegion A is dark, region B is bright.\n")


def test_samples_of_a_run(tmp_path: Path) -> None:
    records = [
        factory.perception(0, right=True),
        factory.perception(1, state="unanswered", reply="Who knows."),
        factory.perception(2, right=True, reply="Nothing of the kind."),  # the run reads it, the rules of today do not
    ]
    factory.write_run(tmp_path, {"medq_perception": records})
    one = explain(tmp_path, "--id", "1002").output
    assert one.startswith("--- medq_perception, id 1002, right\n")
    assert "choice: none (" in one
    assert one.rstrip().endswith(f"the run has {records[2].choice}")
    unread = explain(tmp_path).output
    assert "id 1001, unanswered" in unread
    assert "id 1000" not in unread
    assert unread.rstrip().endswith("1 of 3 replies were not read")
    error = explain(tmp_path, "--id", "77").exception
    assert isinstance(error, RunError)
    assert "no sample has the id '77'. Ids are those of the tables, such as 1000." in str(error)


@pytest.mark.parametrize(("counts", "said"), [(True, "which counts"), (False, "which does not count")])
def test_what_a_second_reader_made_of_a_sample(tmp_path: Path, counts: bool, said: str) -> None:
    record = replace(
        factory.perception(1, state="unanswered", reply="Who knows.", answer="B"), read_by="reader-1", second="B"
    )
    counted = replace(record, choice="B", state="right")
    factory.write_run(tmp_path, {"medq_perception": [counted if counts else record]})
    assert f"\nsecond reader reader-1: B, {said}\n" in explain(tmp_path, "--id", "1001").output


def test_texts_of_a_run_and_no_more_than_twenty(tmp_path: Path) -> None:
    texts = [factory.reasoning(n, scores=None, reply="Hm.", verdict=None) for n in range(25)]
    factory.write_run(tmp_path, {"medq_reasoning_no_reference": texts})
    output = explain(tmp_path).output
    assert output.count("verdict: none") == 20
    assert output.rstrip().endswith("25 of 25 replies were not read; the first 20 are shown, --id names one")
