"""The door, without the harness: a stand-in module shows what is patched and what is left alone."""

import inspect
import sys
import types
import warnings

import pytest
import yaml

from medq_tasks.families import FAMILIES
from medq_tasks.harness import plugin
from medq_tasks.harness.after_import import after_import
from medq_tasks.metrics import METRICS

THEIRS = {"mme": {"type": "task", "yaml_path": "/lmms_eval/tasks/mme.yaml"}}
MINE = {"medq_mini": {"type": "group", "task": -1, "yaml_path": "/mine/medq_mini.yaml"}}
OURS = str(plugin.task_folder())
FOLDERS = {"/mine": MINE, OURS: {"medq_bench": {"type": "group", "task": -1, "yaml_path": f"{OURS}/medq_bench.yaml"}}}


class Manager:
    """Stands in for lmms_eval.tasks.TaskManager: its tasks, those of the folders it is given, and the calls."""

    index = THEIRS

    def __init__(self):
        self.searched, self.read = [], self.initialize_tasks

    def initialize_tasks(self, include_path=None, include_defaults=True):
        self.searched.append(include_path)
        folders = [include_path] if isinstance(include_path, str) else include_path or []
        found = {name: entry for folder in folders for name, entry in FOLDERS.get(folder, {}).items()}
        return {**found, **(self.index if include_defaults else {})}


@pytest.fixture
def tasks(monkeypatch):
    module = types.ModuleType("lmms_eval.tasks")
    module.TaskManager = type("TaskManager", (Manager,), {"initialize_tasks": Manager.initialize_tasks})
    monkeypatch.setitem(sys.modules, "lmms_eval.tasks", module)
    return module


def test_our_tasks_are_added_and_the_harness_searches_what_it_was_told(tasks):
    plugin.register()
    manager = tasks.TaskManager()
    index = manager.initialize_tasks()
    assert manager.searched == [None]
    assert index["mme"] == THEIRS["mme"]
    assert index["medq_mini"] == {"type": "group", "task": -1, "yaml_path": f"{OURS}/groups/medq_mini.yaml"}
    assert len([name for name in index if name.startswith("medq_")]) == 14


def test_the_users_definition_wins_a_name(tasks):
    plugin.register()
    index = tasks.TaskManager().initialize_tasks("/mine")
    assert index["medq_mini"] == MINE["medq_mini"]
    assert index["medq_perception"]["yaml_path"].startswith(OURS)


@pytest.mark.parametrize(
    ("given", "searched"),
    [(None, [OURS]), ("/mine", ["/mine", OURS]), (["/a", "/b"], ["/a", "/b", OURS]), (OURS, [OURS]), ([OURS], [OURS])],
)
def test_a_harness_with_another_form_of_index_reads_our_folder_itself(tasks, given, searched, monkeypatch):
    monkeypatch.setattr(tasks.TaskManager, "index", {"mme": {"type": "task", "yaml_path": "x", "new": 1}})
    plugin.register()
    manager = tasks.TaskManager()
    manager.initialize_tasks(given)
    assert manager.searched == [given, searched]


def test_without_defaults_nothing_is_added(tasks):
    plugin.register()
    manager = tasks.TaskManager()
    assert manager.initialize_tasks("/mine", include_defaults=False) == MINE
    assert manager.searched == ["/mine"]
    assert manager.initialize_tasks(include_defaults=False) == {}


def test_the_models_of_this_package_are_handed_over_and_exact_backends_where_the_harness_knows_them(tasks, monkeypatch):
    models, registry = types.ModuleType("lmms_eval.models"), types.ModuleType("lmms_eval.models.registry_v2")
    # Another class than the one that ours extends is left alone.
    models.AVAILABLE_SIMPLE_MODELS = {"claude": "Claude", "reka": "Reka2", "qwen2_vl": "Qwen2_VL"}
    registry.ModelManifest = lambda model_id, simple_class_path: {
        "model_id": model_id,
        "simple_class_path": simple_class_path,
    }
    monkeypatch.setitem(sys.modules, models.__name__, models)
    monkeypatch.setitem(sys.modules, registry.__name__, registry)
    assert plugin.register() == [
        {"model_id": "medq_baseline", "simple_class_path": "medq_tasks.demo.baseline.model.MedqBaseline"},
        {"model_id": "claude", "simple_class_path": "medq_tasks.harness.backends.claude.ExactClaude"},
    ]


def test_registering_twice_patches_once(tasks):
    plugin.register()
    first = tasks.TaskManager.initialize_tasks
    plugin.register()
    assert tasks.TaskManager.initialize_tasks is first


def test_evaluations_are_watched_as_soon_as_one_is_asked_for(tasks, monkeypatch):
    # The evaluator imports the models, and so this plugin, before it has defined ``evaluate``.
    module = types.ModuleType("lmms_eval.evaluator")
    monkeypatch.setitem(sys.modules, "lmms_eval.evaluator", module)
    plugin.register()

    def evaluate(lm, task_dict):
        return getattr(lm, task_dict)

    module.evaluate = evaluate
    module.simple_evaluate = lambda tasks, num_fewshot=None: module.evaluate()
    assert module.simple_evaluate.__wrapped__
    assert inspect.unwrap(module.evaluate) is evaluate
    assert module.evaluate is not evaluate


def test_an_evaluator_that_is_not_imported_yet_is_watched_when_it_is(tasks, monkeypatch):
    monkeypatch.delitem(sys.modules, "lmms_eval.evaluator", raising=False)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    plugin.register()
    assert "lmms_eval.evaluator" in [getattr(finder, "module", None) for finder in sys.meta_path]


@pytest.mark.parametrize("called", [False, True])
def test_tasks_found_without_the_plugin_bring_it_along(tasks, monkeypatch, called):
    # As with --include_path where another plugin fails first: `register` was never called.
    def evaluate(lm, task_dict):
        return getattr(lm, task_dict)

    module = types.ModuleType("lmms_eval.evaluator")
    module.evaluate = evaluate
    module.simple_evaluate = lambda tasks, num_fewshot=None: module.evaluate()
    monkeypatch.setitem(sys.modules, "lmms_eval.evaluator", module)
    monkeypatch.setattr(plugin, "_registered", called)
    plugin.join_late()
    assert module.evaluate is not evaluate  # where it was called and a change was not made, that is made up for too
    assert plugin._registered


def test_outside_of_the_harness_nothing_is_brought_along(monkeypatch):
    monkeypatch.delitem(sys.modules, "lmms_eval.evaluator", raising=False)
    monkeypatch.setattr(plugin, "_registered", False)
    plugin.join_late()
    assert not plugin._registered


def test_a_harness_that_cannot_be_patched_gets_a_warning_with_the_cure(tasks):
    del tasks.TaskManager.initialize_tasks
    Manager_without = type("TaskManager", (), {})
    tasks.TaskManager = Manager_without
    with pytest.warns(RuntimeWarning, match=r"initialize_tasks.*medq tasks-path"):
        plugin.register()


def test_missing_definitions_get_a_warning(tasks, monkeypatch, tmp_path):
    monkeypatch.setattr(plugin, "task_folder", lambda: tmp_path / "gone")
    with pytest.warns(RuntimeWarning, match="reinstall"):
        plugin.register()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tasks.TaskManager().initialize_tasks() == THEIRS


def test_a_patch_that_fails_under_way_leaves_the_module_as_it_is(evaluator):
    def patch(module):
        raise TypeError("simple_evaluate takes no tasks")

    after_import("lmms_eval.evaluator", "simple_evaluate", plugin._attempt(patch))
    vars(evaluator)["simple_evaluate"] = "plain"
    assert evaluator.simple_evaluate == "plain"  # told when a task of ours is asked for


def test_registering_guards_the_evaluator(tasks, evaluator):
    evaluator.evaluate = lambda lm, task_dict: None
    evaluator.simple_evaluate = lambda tasks, num_fewshot=None: (tasks, evaluator.evaluate)[0]
    plugin.register()
    assert inspect.unwrap(evaluator.simple_evaluate)(tasks=[]) == []


class Loader(yaml.SafeLoader):
    """``!function`` as the name behind it."""


Loader.add_constructor("!function", lambda loader, node: loader.construct_scalar(node))


def test_every_definition_is_well_formed():
    # One empty, list-shaped or broken YAML below the folder would end every lmms-eval run of the user.
    files = sorted(plugin.task_folder().rglob("*.y*ml"))
    names = set()
    for file in files:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader)
        assert isinstance(content, dict), file
        names.add(content["group"] if "group" in content else content["task"])
        if "include" in content:
            assert (file.parent / content["include"]).is_file()
        if "task" in content and "group" not in content:
            # Unlike every other task's: see the template.
            assert f"<|{content['task']}|>" in content["generation_kwargs"]["until"]
        assert file.stem in names
    assert names == {
        "medq_bench",
        "medq_bench_dev",
        "medq_perception",
        "medq_perception_dev",
        "medq_reasoning",
        "medq_reasoning_dev",
        "medq_reasoning_no_reference",
        "medq_reasoning_no_reference_dev",
        "medq_reasoning_comparison",
        "medq_reasoning_comparison_dev",
        "medq_mini",
        "medq_mini_perception",
        "medq_mini_no_reference",
        "medq_mini_comparison",
    }


@pytest.mark.parametrize(
    ("template", "kind"),
    [("perception/_perception_template", "perception"), ("reasoning/_reasoning_template", "comparison")],
)
def test_the_definitions_ask_for_the_metrics_of_the_table_and_for_no_other(template, kind):
    content = yaml.load((plugin.task_folder() / template).read_text(encoding="utf-8"), Loader)
    told = {entry["metric"]: entry for entry in content["metric_list"]}
    assert [*told] == list(FAMILIES[kind].metrics)
    assert content["score_key"] == FAMILIES[kind].main.name
    for name in FAMILIES[kind].metrics:
        metric, entry = METRICS[name], told[name]
        assert entry["higher_is_better"] is not metric.lower_is_better, name
        assert entry["aggregation"].endswith((".total", ".total_where_known")) is (metric.scale == "count"), name
