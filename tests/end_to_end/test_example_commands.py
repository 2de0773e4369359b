"""The lmms-eval lines of the examples, read by the installed harness's own parser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_examples import WORKFLOWS, commands, slurm_words


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_the_harness_accepts_the_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lmms_eval.__main__ import parse_eval_args

    (words,) = commands(path, "lmms-eval")
    monkeypatch.setattr("sys.argv", ["lmms-eval", *words])
    _, args = parse_eval_args()  # ends the interpreter on an unknown option
    assert (args.tasks, args.output_path, args.log_samples) == ("medq_bench", "$OUT", True)


def test_the_harness_accepts_what_the_slurm_script_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lmms_eval.__main__ import parse_eval_args

    words = slurm_words(tmp_path)
    monkeypatch.setattr("sys.argv", words[words.index("lmms_eval") :])
    _, args = parse_eval_args()
    assert (args.tasks, args.predict_only) == ("medq_bench", True)
    assert (args.output_path, args.use_cache) == (f"{tmp_path}/runs/qwen2-vl-7b", f"{tmp_path}/lmms-cache")
