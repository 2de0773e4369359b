"""The lmms-eval lines of the example workflows, read by the installed harness's own parser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_examples import WORKFLOWS, commands


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_the_harness_accepts_the_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lmms_eval.__main__ import parse_eval_args

    (words,) = commands(path, "lmms-eval")
    monkeypatch.setattr("sys.argv", ["lmms-eval", *words])
    _, args = parse_eval_args()  # ends the interpreter on an unknown option
    assert (args.tasks, args.output_path, args.log_samples) == ("medq_bench", "$OUT", True)
