"""A module is changed when it holds what is changed: at once, when it is imported, or in the midst of its import."""

import sys
import types

from medq_tasks.harness.after_import import after_import


def test_a_module_under_way_is_patched_when_the_name_is_first_taken(evaluator):
    patched = []

    def patch(module):
        patched.append(module)
        module.simple_evaluate = "patched"

    for _ in range(2):  # register may be called twice
        after_import("lmms_eval.evaluator", "simple_evaluate", patch)
    after_import("lmms_eval.evaluator", "evaluate", patched.append)
    assert not hasattr(evaluator, "simple_evaluate")
    vars(evaluator).update(simple_evaluate="plain", other=1)  # as the module's own code does it
    assert evaluator.other == 1
    assert patched == []
    assert evaluator.simple_evaluate == "patched"
    assert patched == [evaluator, evaluator]
    assert type(evaluator) is types.ModuleType


def test_two_patches_wait_for_one_module(tmp_path, monkeypatch):
    (tmp_path / "late_module.py").write_text("name = 1", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    patched = []

    def first(module):
        patched.append(("first", module.name))

    def second(module):
        patched.append(("second", module.name))

    for patch in (first, second, first):
        after_import("late_module", "name", patch)
    import late_module

    assert sorted(patched) == [("first", 1), ("second", 1)]
    assert not [finder for finder in sys.meta_path if getattr(finder, "module", "") == "late_module"]
    del sys.modules[late_module.__name__]
