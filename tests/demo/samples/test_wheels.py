"""The list of files that `medq info --check` looks for is the list of those that are opened."""

import re
from pathlib import Path

from medq_tasks.demo.samples import wheels


def test_every_file_that_is_opened_is_listed():
    sources = "\n".join(file.read_text(encoding="utf-8") for file in Path(wheels.__file__).parent.glob("*.py"))
    opened = {f"data/{name}" for name in re.findall(r'photograph\("(.+?)"\)', sources)}
    opened |= {f"data/test_files/{name}" for name in re.findall(r'dicom\("(.+?)"\)', sources)}
    assert len(opened) == 5
    assert {inner for _, inner, _ in wheels.WHEEL_FILES[:-1]} == opened


def test_every_file_that_is_listed_is_there():
    for package, inner, distribution in wheels.WHEEL_FILES:
        assert wheels.wheel_file(package, inner, distribution=distribution).is_file()
