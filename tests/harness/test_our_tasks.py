"""Tasks are ours by their hooks, not by their names."""

import types

from medq_tasks.harness import inputs
from medq_tasks.harness.our_tasks import our_tasks


def task(hook):
    return types.SimpleNamespace(config=types.SimpleNamespace(doc_to_visual=hook))


def test_ours_are_found_in_groups_of_groups_and_under_a_user_s_name():
    ours, others = task(inputs.doc_to_visual), task(print)
    tasks = {"mme": others, "bench": {"part": {"my_own": ours}, "medq_like": others}, "last": ours}
    assert list(our_tasks(tasks)) == ["my_own", "last"]


def test_tasks_without_such_a_hook_are_none_of_ours():
    assert list(our_tasks({"class": object(), "text": task(None)})) == []
