"""The one run that is meant by a path."""

from __future__ import annotations

from pathlib import Path

import pytest

from medq_tasks.errors import RunError
from medq_tasks.runs.choose import one_run
from tests.runs import factory


def test_of_several_runs_the_newest_is_taken_only_when_asked_for(tmp_path: Path) -> None:
    """The newest by the date that the results tell, which the names of the files need not follow."""
    tasks = {"medq_perception": factory.perception_records(2)}
    factory.write_run(tmp_path / "a", tasks, stamp="20261122_120000")
    factory.write_run(tmp_path / "b", tasks, stamp="20261123_120000", model_args="pretrained=x/y")
    (copied,) = (tmp_path / "a").rglob("*_results.json")
    copied.write_text(copied.read_text(encoding="utf-8").replace('"date": "20261122', '"date": "20261124'))
    with pytest.raises(RunError) as refused:
        one_run(tmp_path)
    assert str(refused.value).splitlines() == [
        f"{tmp_path}: 2 runs, and only one can be meant:",
        "  2026-11-23 12:00 (zone not recorded)  y (qwen2_vl): medq_perception",
        "  2026-11-24 12:00 (zone not recorded)  Qwen2-VL-7B-Instruct (qwen2_vl): medq_perception",
        "Give a folder or results file of one of them, or take the newest with --latest.",
    ]
    assert one_run(tmp_path, latest=True).when == "20261124_120000"
    assert one_run(tmp_path / "b").when == "20261123_120000"
