import json

from medq_tasks import records
from medq_tasks.hooks import aggregate
from tests import makers


def test_mean_leaves_out_what_does_not_apply():
    assert aggregate.mean_where_known([1.0, None, 0.0, 1.0]) == 2 / 3
    assert aggregate.mean_where_known([None]) is None


def test_a_count_is_summed():
    assert aggregate.total([1.0, 0.0, 1.0]) == 2.0


def test_the_summary_is_json_in_the_file_and_words_in_the_table():
    judge = records.JudgeStamp("gpt-4o", "built in", "aa", "bb")
    items = [records.to_dict(makers.reasoning(judge=judge)), records.to_dict(makers.reasoning(state="failed"))]
    summary = aggregate.summarise(items)
    assert json.loads(json.dumps(summary)) == {
        "items": 2,
        "states": {"answered": 1, "failed": 1},
        "tables": ["fedcba9876543210"],
        "judges": [{"model": "gpt-4o", "prompts": "built in", "prompts_hash": "aa", "settings_hash": "bb"}],
    }
    assert str(summary) == "2 items, table fedcba9876543210"
