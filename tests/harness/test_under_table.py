"""Lines under the harness's table."""

import types

import pytest

from medq_tasks.harness import under_table
from medq_tasks.harness.shape import Unlike

RESULTS = {"configs": {"medq_x": {"metadata": {"medq": {"run": {"id": "abc"}}}}}}


@pytest.fixture
def utils(monkeypatch):
    module = types.ModuleType("lmms_eval.utils")
    module.make_table = lambda result_dict, column="results", sort_results=False: f"|{column}|\n"
    under_table.watch(module)
    monkeypatch.setattr(under_table, "LINES", {"abc": ["kept in \x1b[31mX"]})
    return module


def test_lines_of_this_run_stand_under_its_table_of_tasks(utils):
    assert utils.make_table(RESULTS) == "|results|\n\nmedq-tasks: kept in \ufffd[31mX."
    assert utils.make_table(RESULTS, "groups") == "|groups|\n"


def test_other_tables_are_as_they_were(utils):
    assert utils.make_table({"configs": {"mme": {}}}) == "|results|\n"
    assert utils.make_table(["Tasks"]) == "|results|\n"


def test_twice_is_once(utils):
    made = utils.make_table
    under_table.watch(utils)
    assert utils.make_table is made


def test_another_make_table_is_left_alone():
    module = types.ModuleType("lmms_eval.utils")
    module.make_table = lambda columns: ""
    with pytest.raises(Unlike, match="make_table takes no result_dict"):
        under_table.watch(module)
