"""Records become rows that a tracker can filter and average; nothing of an item is lost on the way."""

from medq_tasks.harness.tracker_rows import by_loss, table_of
from medq_tasks.records import AxisJudgement, Judgement, JudgeStamp
from tests.makers import perception, reasoning

JUDGE = JudgeStamp("qwen", "medq-tasks 1.0", "0" * 16, "1" * 16)


def rows_of(records, pictures=()):
    columns, rows = table_of(records, ["asked"] * len(records), dict(pictures))
    return [dict(zip(columns, row, strict=True)) for row in rows]


def test_a_choice_is_one_row_with_what_was_asked_read_and_expected():
    (row,) = rows_of([perception("wrong", reply="It is B.", choice="B")], {("7", ""): ["P"]})
    assert row == {
        "id": "7",
        "picture": "P",
        "question": "Is there noise?",
        "prompt": "asked",
        "options": "A. Yes\nB. No",
        "reply": "It is B.",
        "reading": "B",
        "reference": "A",
        "state": "wrong",
        "accuracy": 0.0,
        "unanswered": 0.0,
        "question_type": "yes_or_no",
        "modality": "ct",
        "severity": "mild",
    }


def test_a_judged_text_has_its_axes_their_sum_and_the_judge():
    (row,) = rows_of([reasoning((2, 1, 2, 0), JUDGE, verdict="reject")])
    scores = ("completeness", "preciseness", "consistency", "quality_accuracy", "overall", "verdict_accuracy")
    assert [row[name] for name in scores] == [2.0, 1.0, 2.0, 0.0, 5.0, 0.0]
    assert row["judge"] == "qwen"
    assert (row["reading"], row["reference"]) == ("reject", "good")
    assert row["reference_text"] == "Sharp. The quality is good."
    assert "options" not in row


def test_without_a_judge_there_are_no_axes_and_never_zeros():
    (row,) = rows_of([reasoning(None)])
    assert {"overall", "completeness", "judge"}.isdisjoint(row)
    assert row["verdict_accuracy"] == 1.0


def test_an_axis_without_a_score_is_empty_where_other_items_have_one():
    whole, part = reasoning((2, 2, 2, 2), JUDGE), reasoning((2, None, 2, 2), JUDGE, id="4")
    first, second = rows_of([whole, part])
    assert (first["preciseness"], first["overall"]) == (2.0, 8.0)
    assert (second["preciseness"], second["overall"]) == (None, None)


def test_the_pictures_of_a_pair_stand_side_by_side_and_an_item_may_have_none():
    first, second = reasoning(kind="comparison"), reasoning(kind="comparison", id="4")
    one, other = rows_of([first, second], {("3", ""): ["L", "R"]})
    assert (one["picture_1"], one["picture_2"]) == ("L", "R")
    assert (other["picture_1"], other["picture_2"]) == (None, None)


def test_what_is_rare_is_a_column_only_where_it_happened():
    plain = perception()
    odd = perception("failed", id="8", choice=None, reason="server gone", variant="swapped", read_by="reader")
    assert {"reason", "variant", "read_by"}.isdisjoint(rows_of([plain])[0])
    row = rows_of([plain, odd])[1]
    assert (row["reason"], row["variant"], row["read_by"]) == ("server gone", "swapped", "reader")
    assert row["reading"] is None
    assert rows_of([odd])[0]["reading"] is None  # also where no row has one


def test_what_lost_most_comes_first_and_ties_keep_their_order():
    half = Judgement(JUDGE, {"completeness": AxisJudgement(None)})
    texts = [
        reasoning((2, 2, 2, 2), id="8 of 8"),
        reasoning((0, 1, 2, 0), id="3 of 8"),
        reasoning(None, id="unjudged, verdict right"),
        reasoning(None, id="unjudged, verdict wrong", verdict="reject"),
        reasoning(None, id="half, no verdict to reach", judgements=(half,), reference_verdict=None),
    ]
    assert [one.id for one in by_loss(texts)] == [
        "unjudged, verdict wrong",
        "3 of 8",
        "8 of 8",
        "unjudged, verdict right",
        "half, no verdict to reach",
    ]
    choices = [perception(id="a"), perception("wrong", id="b"), perception("unanswered", id="c"), perception(id="d")]
    assert [one.id for one in by_loss(choices)] == ["b", "c", "a", "d"]
