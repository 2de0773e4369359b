"""One task's table: the pictures are the files of the prepared table, within a budget, and no key is in the texts."""

import sys

import pytest

from medq_tasks.data import open_table, prepare
from medq_tasks.harness.tracker_items import send
from medq_tasks.records import to_dict
from medq_tasks.scoring.replies import read_choice, read_text
from medq_tasks.settings import Settings
from tests.harness import fake_wandb


@pytest.fixture(autouse=True)
def wandb(monkeypatch, shared_cache):
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(shared_cache))
    monkeypatch.setitem(sys.modules, "wandb", fake_wandb.module())


def sample(record, **more):
    return {"record": {**to_dict(record), **more}, "arguments": ["asked"]}


@pytest.fixture
def choices():
    """The 90 questions of the sample set, on 45 pictures, each answered right; and the pictures."""
    with open_table(prepare("perception", "mini", Settings.from_env()).path) as table:
        docs = [table.row(row) for row in range(len(table))]
        images = [table.images(row) for row in range(len(table))]
    return [read_choice(doc, doc["answer"]) for doc in docs], images


def table_of(samples):
    run = fake_wandb.Run()
    send(run, "medq_mini", samples)
    return run.logged["medq_mini/items"].rows


def test_a_picture_is_the_file_of_the_table_and_one_that_items_share_is_one(choices):
    records, images = choices
    rows = table_of([sample(record) for record in records])
    assert [row["picture"].data for row in rows] == [one for (one,) in images]
    assert all(row["picture"].name.endswith(".png") for row in rows)
    assert (len(rows), len({id(row["picture"]) for row in rows})) == (90, 45)


def test_a_pair_has_both_pictures():
    with open_table(prepare("comparison", "mini", Settings.from_env()).path) as table:
        record, files = read_text(table.row(0), "Verdict: first"), table.images(0)
    (row,) = table_of([sample(record)])
    assert (row["picture_1"].data, row["picture_2"].data) == files


def test_a_budget_goes_to_what_lost_most_and_the_rest_is_counted(choices, monkeypatch, warned):
    records, images = choices
    largest = max(images, key=lambda one: len(one[0]))  # so that any other, if it came first, would leave too little
    lost = images.index(largest)
    monkeypatch.setattr("medq_tasks.harness.tracker_items._MEGABYTE", 1)  # the budget in bytes
    monkeypatch.setenv("MEDQ_WANDB_PICTURES", str(len(largest[0])))
    found = [sample(record) for record in records]
    found[lost] = sample(records[lost], choice=None, state="unanswered")
    shown = [place for place, row in enumerate(table_of(found)) if row["picture"]]
    # The item that is not right, and the other question about its picture, which costs no more.
    assert shown == [place for place, one in enumerate(images) if one == largest]
    assert len(shown) == 2
    assert "88 of 90 items of medq_mini go to Weights & Biases without pictures" in warned[0]
    assert "MEDQ_WANDB_PICTURES sets how many" in warned[0]


def test_a_budget_of_nothing_sends_no_picture_and_says_nothing(choices, monkeypatch, warned):
    monkeypatch.setenv("MEDQ_WANDB_PICTURES", "0")
    assert "picture" not in table_of([sample(choices[0][0])])[0]
    assert warned == []


def test_a_table_that_is_gone_costs_the_pictures_alone(choices, warned):
    (row,) = table_of([sample(choices[0][0], table="f" * 16)])
    assert "picture" not in row
    assert f"medq_mini goes to Weights & Biases without pictures: its table {'f' * 16} is not" in warned[0]


def test_no_key_is_sent(choices, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-proj-4f8a2b7c9d1e6f3a5b8c")
    said = "Incorrect API key provided: sk-proj-4f8a2b7c9d1e6f3a5b8c"
    failed = sample(choices[0][0], state="failed", choice=None, reply=f"{said} or hf_Qw8rTy2uIo4pAs6dFg", reason=said)
    (row,) = table_of(
        [
            failed,
        ]
    )
    assert "4f8a2b7c" not in row["reply"] + row["reason"]
    assert "Qw8rTy2u" not in row["reply"]  # of a stranger, in what a server says
    (row,) = table_of([sample(choices[0][0], reply="A sk-proj-4f8a2b7c9d1e6f3a5b8c")])
    assert row["reply"] == "A ***"


def test_a_task_without_samples_has_no_table():
    run = fake_wandb.Run()
    send(run, "medq_mini", [])
    assert run.logged == {}
