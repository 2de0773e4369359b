"""The picture of README: both themes, the page's first screen, small."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.runs import factory
from tools import picture

pytestmark = pytest.mark.browser


def test_a_run_gives_a_light_and_a_dark_picture(tmp_path: Path) -> None:
    run = factory.write_run(tmp_path / "run", {"medq_perception": factory.perception_records(30)})
    picture.main(run, tmp_path / "pictures")
    means = []
    for theme in picture.THEMES:
        path = tmp_path / "pictures" / f"report-{theme}.png"
        assert path.stat().st_size <= picture.MOST
        with Image.open(path) as taken:
            assert taken.size == (picture.WIDTH, picture.HEIGHT)
            grey = taken.convert("L").histogram()
        means.append(sum(level * count for level, count in enumerate(grey)) / sum(grey))
    light, dark = means
    assert light > 128 > dark  # mean grey level: mostly background
