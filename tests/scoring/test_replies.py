import pytest

from medq_tasks.data import open_table
from medq_tasks.errors import RunError
from medq_tasks.records import Statement
from medq_tasks.scoring import replies
from tests.data.docs import doc
from tests.data.factory import perception_rows
from tests.data.tables import prepared


@pytest.mark.parametrize(
    ("reply", "state", "choice"),
    [
        ("B", "right", "B"),
        ("Yes, there is.", "wrong", "A"),
        ("I cannot determine that from this image.", "unanswered", None),
        ("", "unanswered", None),
        ("[LMMS_EVAL_REQUEST_FAILED after 3 retries] B", "failed", None),
    ],
)
def test_outcomes_of_a_choice(reply, state, choice):
    record = replies.read_choice(doc(), reply)
    assert (record.state, record.choice, record.reply) == (state, choice, reply)
    assert bool(record.reason) == (choice is None)


@pytest.mark.parametrize(
    ("reply", "state", "verdict"),
    [
        ("Slightly noisy.\n\nVerdict: usable", "answered", "usable"),
        ("It shows a brain.", "answered", None),
        ("<think>Verdict: reject</think>Clean.\nVerdict: good", "answered", "good"),
        ("", "empty", None),
        ("<think>Verdict: good, or perhaps", "empty", None),
        ("[LMMS_EVAL_REQUEST_FAILED after 5 retries] Verdict: good", "failed", None),
    ],
)
def test_outcomes_of_a_text(reply, state, verdict):
    record = replies.read_text(doc("no_reference"), reply)
    assert (record.state, record.verdict, record.reply) == (state, verdict, reply)
    assert bool(record.reason) == (state != "answered")
    assert record.reference_verdict == "good"


def test_a_comparison_names_the_preferred_image():
    record = replies.read_text(doc("comparison"), "The first image is blurred.\nVerdict: second")
    assert (record.reference_verdict, record.verdict) == ("first", "second")


def test_a_record_names_the_pictures_of_its_item():
    assert replies.read(doc(), "B").pictures == ("aaaa",)
    assert replies.read(doc("comparison"), "").pictures == ("aaaa", "bbbb")
    of_an_old_table = {name: value for name, value in doc().items() if name != "pictures"}
    assert replies.read(of_an_old_table, "B").pictures == ()


def test_many_replies_find_their_items_by_row_or_by_id(tmp_path):
    table = prepared(tmp_path, "perception", perception_rows(3))
    with open_table(table.path) as opened:
        found = list(replies.records_from(opened, [(2, "A"), ("0", "B"), ("2", "no idea")]))
        assert [(record.row, record.id, record.reply) for record in found] == [
            (2, "2", "A"),
            (0, "0", "B"),
            (2, "2", "no idea"),
        ]
        assert found[0] == replies.read(opened.row(2), "A")


@pytest.mark.parametrize("item", [3, -1, "3", ""])
def test_a_reply_to_no_item_of_the_table_is_refused(tmp_path, item):
    table = prepared(tmp_path, "perception", perception_rows(3))
    with open_table(table.path) as opened, pytest.raises(RunError, match=r"has no (row|item)"):
        list(replies.records_from(opened, [(item, "A")]))


def test_the_variant_of_a_row_is_kept():
    assert replies.read(doc(), "B").variant == ""
    assert replies.read(doc(variant="rotated-1"), "B").identity == ("17", "rotated-1")
    assert replies.read(doc("comparison", variant="swapped"), "B").identity == ("17", "swapped")


def test_the_words_that_decided_are_found_in_the_raw_reply():
    said = replies.read_choice(doc(), "<think>B</think>So **the answer** is A!").statement
    assert said == Statement(25, 38, "answer")
    assert replies.read_choice(doc(), '{"answer": true}').statement is None  # the word that was read stands nowhere
    said = replies.read_text(doc("no_reference"), "<think>Bad.</think>\nSharp.\nVerdict: good").statement
    assert said == Statement(27, 40, "last line")


@pytest.mark.parametrize("reply", ["", "I cannot tell.", "[LMMS_EVAL_REQUEST_FAILED after 5 retries] x"])
def test_where_nothing_was_read_nothing_decided(reply):
    assert replies.read_choice(doc(), reply).statement is None
    assert replies.read_text(doc("no_reference"), reply).statement is None


@pytest.mark.parametrize(
    ("reply", "marked"),
    [
        ("Sharp.\nVerdict: good", True),
        ("It is good.", False),
        ("", None),
        ("<think>Verdict: good</think>", None),  # nothing was said to the reader
        ("[LMMS_EVAL_REQUEST_FAILED after 5 retries] x", None),
    ],
)
def test_only_a_reply_can_follow_the_form_or_not(reply, marked):
    assert replies.read_text(doc("no_reference"), reply).marked is marked
