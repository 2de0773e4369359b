import json
import types

from medq_tasks import records
from medq_tasks.harness import aggregate
from tests import makers


def test_mean_leaves_out_what_does_not_apply():
    assert aggregate.mean_where_known([1.0, None, 0.0, 1.0]) == 2 / 3
    assert aggregate.mean_where_known([None]) is None


def test_a_count_is_summed():
    assert aggregate.total([1.0, 0.0, 1.0]) == 2.0


def test_the_summary_counts_states_tables_readers_and_judges():
    judge = records.JudgeStamp("gpt-4o", "built in", "aa", "bb")
    items = [records.to_dict(makers.reasoning(stamp=judge)), records.to_dict(makers.reasoning(state="failed"))]
    assert json.loads(json.dumps(aggregate.summarise(items))) == {
        "items": 2,
        "states": {"answered": 1, "failed": 1},
        "tables": ["fedcba9876543210"],
        "read_by": {"rules": 2},
        "second_counted": 0,
        "judges": [
            {
                "model": "gpt-4o",
                "prompts": "built in",
                "prompts_hash": "aa",
                "settings_hash": "bb",
                "server": "",
                "parameters": "",
            }
        ],
    }


def test_the_summary_does_not_depend_on_the_order_of_the_items():
    judges = [records.JudgeStamp(model, "built in", "aa", "bb") for model in "abcdef"]
    items = [records.to_dict(makers.reasoning(stamp=judge, table=judge.model)) for judge in judges]
    items.append(records.to_dict(makers.reasoning(state="failed", table="g")))
    forth, back = aggregate.summarise(items), aggregate.summarise(items[::-1])
    assert json.dumps(forth) == json.dumps(back)
    assert [judge["model"] for judge in forth["judges"]] == list("abcdef")
    assert forth["tables"] == list("abcdefg")


def test_pictures_of_a_run_from_the_command_line():
    args = types.SimpleNamespace(model="qwen2_vl", model_args="pretrained=x,max_pixels=100352", force_simple=False)
    told = json.loads(json.dumps(aggregate.pictures([["560x560"], ["1000x500", "28x28"]], args)))
    # 560 x 560 > 100352: shrink sqrt(313600 / 100352) = 1.768; 560 / 1.768 = 316.8 -> 11 x 28 = 308.
    # 1000 x 500: shrink sqrt(500000 / 100352) = 125 / 56, to 448 x 224, both multiples of 28: factor 2.2321.
    # 28 x 28 = 784 < 3136: grow 2 -> 56 x 56.
    assert told["pictures"] == 3
    assert told["resized"] == 3
    assert told["limits"]["max_pixels"] == 100352
    assert told["largest_factor"] == 2.2321


def test_pictures_of_a_run_from_python_have_no_known_limits():
    told = aggregate.pictures([["560x560"]])
    assert (told["pictures"], told["limits"], told["resized"]) == (1, None, None)


def test_what_only_informs_never_loses_the_run():
    assert "KeyError" in aggregate.summarise([{}])["error"]
    assert "ValueError" in aggregate.pictures([["no size"]])["error"]
