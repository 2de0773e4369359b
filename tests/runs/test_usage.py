"""What judging has cost, by hand: tokens of one judge and of two, and money."""

import dataclasses

import pytest

from medq_tasks.errors import SettingsError
from medq_tasks.records import AXES, AxisJudgement, JudgeStamp, Usage, from_dict, to_dict
from medq_tasks.runs.usage import Price, as_json, in_words, read_prices, together, usage_by_judge
from tests import makers

ONE = Usage(calls=2, metered=1, prompt=100, completion=10, cached=50, reasoning=4)


def record(reply="A reply.", model="judge-1", server="http://a/v1", usage: Usage | None = ONE):
    made = makers.reasoning(stamp=JudgeStamp(model, "p", "1", "2", server))
    axes = {axis: AxisJudgement(2, "Score: 2", usage=usage) for axis in AXES}
    judgement = dataclasses.replace(made.judgements[0], axes=axes)
    return dataclasses.replace(made, reply=reply, judgements=(judgement,))


def test_all_four_axes_of_all_items():
    spent = usage_by_judge([record(), record("Another.")])
    assert spent == {"judge-1": Usage(16, 8, 800, 80, 400, 32)}


def test_a_question_that_two_items_share_was_paid_once():
    assert usage_by_judge([record(), record()]) == usage_by_judge([record()])


def test_a_name_on_two_servers_is_two_judges():
    spent = usage_by_judge([record(), record(server="http://b/v1")])
    assert list(spent) == ["judge-1 at http://a/v1", "judge-1 at http://b/v1"]
    assert spent["judge-1 at http://a/v1"].prompt == 400


def test_what_is_not_known_is_not_told_as_nothing():
    assert usage_by_judge([record(usage=None), makers.perception()]) == {}


def test_it_survives_the_log():
    assert usage_by_judge([from_dict(to_dict(record()))]) == usage_by_judge([record()])
    odd = {**to_dict(record()), "judgements": [{"axes": {"completeness": {"score": 1, "usage": {"calls": -1}}}}]}
    with pytest.raises(ValueError, match="counts no tokens"):
        from_dict(odd)


def test_calls_and_tokens_under_the_names_of_servers_and_money():
    spent = together([usage_by_judge([record()]), usage_by_judge([record("Another.")])])
    prices = {"judge-1": Price(2.0, 10.0)}
    assert as_json(spent, prices)["judge-1"] == {
        "calls": 16,
        "calls_without_count": 8,
        "prompt_tokens": 800,
        "completion_tokens": 80,
        "total_tokens": 880,
        "cached_tokens": 400,
        "reasoning_tokens": 32,
        "cost": pytest.approx(800 * 2e-6 + 80 * 10e-6),
    }
    assert "cost" not in as_json(spent, {"other": Price(1, 1)})["judge-1"]
    (line,) = in_words(spent, {"judge-1": Price(2_000.0, 10_000.0)})
    assert line == (
        "What judge-1 said here took 16 calls, 800 tokens read, 80 written (32 of them thinking); 8 calls came without "
        "a count; 2.40 at the prices given."
    )
    assert in_words(spent, {"other": Price(1, 1)})[0].endswith("; no price is given for it.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no prices"),
        ("- 1", "holds no prices"),
        ("gpt: 3", "gpt: prompt is no price"),
        ("gpt: {prompt: 1}", "gpt: completion is no price"),
        ("gpt: {prompt: 1, completion: -1}", "gpt: completion is no price"),
        ("gpt: {prompt: 1, completion: .inf}", "gpt: completion is no price"),
        ("gpt: {prompt: true, completion: 1}", "gpt: prompt is no price"),
        ("gpt: {prompt: 1, completion: 1, input: 2}", "gpt: input is no price"),
        ("gpt: {prompt: 1, prompt: 2, completion: 1}", "a second time"),
    ],
)
def test_prices_that_are_none(tmp_path, text, said):
    file = tmp_path / "prices.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=said):
        read_prices(file)


def test_prices(tmp_path):
    file = tmp_path / "prices.yaml"
    file.write_text("gpt-5: {prompt: 1.25, completion: 10}\nlocal: {prompt: 0, completion: 0}\n")
    assert read_prices(file) == {"gpt-5": Price(1.25, 10.0), "local": Price(0.0, 0.0)}
