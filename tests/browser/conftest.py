"""A browser, and runs whose pictures are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from tests.browser.driving import FLAGS
from tests.report import pictured
from tests.runs import factory


@pytest.fixture
def chrome(tmp_path: Path) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS.split(), f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(tmp_path / "downloads")})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs over the same pictured items: 12 and 4 answers of Qwen2-VL-7B-Instruct, 12 of model."""
    settings = pictured.settings(tmp_path)
    monkeypatch.setenv("MEDQ_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(settings.cache_dir))
    tasks = pictured.tasks(tmp_path)
    factory.write_run(tmp_path / "runs", tasks)
    other = [factory.perception(n, right=n % 2 > 0, table=tasks[pictured.PERCEPTION][0].table) for n in range(12)]
    factory.write_run(tmp_path / "runs", {pictured.PERCEPTION: other}, model_args="pretrained=other/model")
    return tmp_path
